#include "services/query/answers.h"

#include <fmt/format.h>

#include <boost/locale/utf.hpp>
#include <utility>

#include "events/ids.h"
#include "projections/ticket.h"
#include "services/query/ticket_reply.h"

namespace slotlog {
namespace {

/// Is it UTF-8 of 1 to so many bytes?
bool IsName(std::string_view text, size_t bytes_max) {
  namespace utf = boost::locale::utf;
  if (text.empty() || text.size() > bytes_max) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const utf::code_point point = utf::utf_traits<char>::decode(at, end);
    if (point == utf::illegal || point == utf::incomplete) return false;
  }
  return true;
}

}  // namespace

http::Reply NotReady(const http::Request& request) {
  return http::ProblemReply(request, {.status = 503,
                                      .name = "not-ready",
                                      .title = "The log is still being read",
                                      .detail = "it will be there in a while",
                                      .retry_after_seconds = 5});
}

http::Reply BadParameter(const http::Request& request, std::string_view name,
                         std::string detail) {
  return http::ProblemReply(request, {.status = 400,
                                      .name = "parameter-malformed",
                                      .title = "A parameter makes no sense",
                                      .detail = std::move(detail),
                                      .field = std::string(name)});
}

std::optional<http::Reply> IdProblem(const http::Request& request,
                                     std::string_view name,
                                     std::string_view id) {
  if (IsName(id, kIdBytesMax)) return std::nullopt;
  return BadParameter(
      request, name,
      fmt::format("an id is 1 to {} bytes of UTF-8", kIdBytesMax));
}

std::optional<http::Reply> RegionProblem(
    const http::Request& request, const std::optional<std::string>& region) {
  if (!region.has_value() || IsName(*region, kNameBytesMax)) {
    return std::nullopt;
  }
  return BadParameter(
      request, "region",
      fmt::format("a region is 1 to {} bytes of UTF-8", kNameBytesMax));
}

http::Reply& CacheBriefly(http::Reply& reply) {
  return reply.Add("Cache-Control", kCachedBriefly)
      .Add("Vary", kPositionHeader);
}

http::Reply ReadyReply(const std::shared_ptr<const ReadyAnswer>& answer) {
  http::Reply reply(200, http::kJson,
                    std::shared_ptr<const std::string>(answer, &answer->body));
  reply.SetEtag(answer->etag)
      .Add(kPositionHeader, FormatPosition(answer->position));
  return std::move(CacheBriefly(reply));
}

Freshness FreshnessFor(const http::Request& request) {
  return request.Header(kPositionHeader).has_value() ? Freshness::kNow
                                                     : Freshness::kRecent;
}

}  // namespace slotlog
