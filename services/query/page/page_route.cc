#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "events/digest.h"
#include "services/query/page/page.h"

namespace slotlog {
namespace {

/// What is not in the page itself, a browser neither loads nor runs.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

}  // namespace

void AddPage(http::Router& router, const http::Guard& guard) {
  auto page = std::make_shared<const std::string>(Page());
  auto etag = fmt::format("\"{:016x}\"", Digest64(Page()));
  router.Add(http::Method::kGet, "/",
             [page = std::move(page),
              etag = std::move(etag)](http::Exchange exchange) {
               exchange.Answer(
                   http::Reply(200, http::kHtml, page)
                       .SetEtag(etag)
                       .Add("Cache-Control", "no-cache")
                       .Add("Content-Security-Policy", kContentSecurityPolicy)
                       .Add("X-Content-Type-Options", "nosniff"));
             },
             {.guard = guard});
}

}  // namespace slotlog
