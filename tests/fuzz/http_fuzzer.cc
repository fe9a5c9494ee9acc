// What a fuzzer calls with bytes that it makes up: no bytes bring down what
// reads requests of HTTP, and how they come in pieces changes nothing.
//
// Called by libFuzzer and, with seeds and mutations of them, by
// http_fuzzer_test.cc.

#include <absl/time/time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "events/invariant.h"
#include "services/http/prefer.h"
#include "services/http/request_parser.h"
#include "services/http/router.h"

namespace slotlog::http {
namespace {

constexpr size_t kHeadBytesMax = 8 * 1024;
constexpr size_t kBodyBytesMax = 256;

/// What a handler might look at.
std::string Describe(const Request& request, const Router& router) {
  std::string text(NameOf(request.method()));
  text.append(" ").append(request.path()).append("?").append(request.query());
  for (std::string_view name : {"Host", "Accept", "Prefer", "traceparent"}) {
    text.append("|").append(request.Header(name).value_or("-"));
  }
  text.append("|").append(request.QueryParameter("region").value_or("-"));
  if (const auto wait = PreferredWait(request, absl::Seconds(30))) {
    INVARIANT(*wait >= absl::ZeroDuration() && *wait <= absl::Seconds(30),
              "a wait without bound");
  }
  if (const auto trace = request.Header("traceparent")) {
    const auto parsed = ParseTraceParent(*trace);
    INVARIANT(!parsed || parsed->TraceId().size() == 32, "a trace's id");
  }
  const auto found = router.Find(request);
  if (const auto* reply = std::get_if<Reply>(&found)) {
    text.append("|").append(std::to_string(reply->status()));
  } else {
    for (const auto& parameter : std::get<Router::Found>(found).parameters) {
      INVARIANT(!parameter.second.empty(), "an empty parameter");
    }
  }
  return text.append("|").append(request.body());
}

/// All requests that stand whole in `bytes`, given in pieces of at most so
/// many.
std::vector<std::string> ReadAll(std::string_view bytes, size_t piece,
                                 const Router& router) {
  std::vector<std::string> requests;
  size_t begin = 0;
  size_t end = 0;
  RequestBuilder request;
  std::optional<RequestParser> parser;
  while (true) {
    if (!parser.has_value()) {
      request.Clear();
      parser.emplace(request, kHeadBytesMax, /*headers_max=*/32);
      parser->LimitBody(kBodyBytesMax);
    }
    if (begin == end) {
      if (end == bytes.size()) return requests;
      end = std::min(bytes.size(), end + piece);
    }
    const auto taken = parser->Take(bytes.substr(begin, end - begin));
    INVARIANT(taken.bytes <= end - begin, "more than there was");
    begin += taken.bytes;
    if (taken.fault != ParseFault::kNone) return requests;
    if (parser->is_header_done() && parser->is_done()) {
      INVARIANT(request.request().body().size() <= kBodyBytesMax,
                "a body above its limit");
      requests.push_back(Describe(request.request(), router));
      parser.reset();
    } else if (taken.needs_more) {
      if (end == bytes.size()) return requests;
      end = std::min(bytes.size(), end + piece);
    }
  }
}

}  // namespace
}  // namespace slotlog::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slotlog::http;
  // Beyond, where the limits lie depends on the pieces.
  if (size == 0 || size > kHeadBytesMax / 2) return 0;
  static const Router* const router = [] {
    auto* made = new Router();
    made->Add(Method::kGet, "/v1/tickets/{ticket}", [](Exchange) {});
    made->Add(Method::kPost, "/v1/commands", [](Exchange) {});
    return made;
  }();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = ReadAll(bytes, bytes.size(), *router);
  INVARIANT(whole == ReadAll(bytes, 1, *router), "pieces change a request");
  INVARIANT(whole == ReadAll(bytes, 7, *router), "pieces change a request");
  return 0;
}
