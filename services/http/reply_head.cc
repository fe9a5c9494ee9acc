#include "services/http/reply_head.h"

#include <absl/time/time.h>

#include <charconv>

namespace slotlog::http {
namespace {

void AppendNumber(std::string& to, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  to.append(digits, end);
}

void AppendStart(std::string& to, const Reply& reply, int status,
                 const HeadFacts& facts) {
  to.append("HTTP/1.1 ");
  AppendNumber(to, static_cast<uint64_t>(status));
  to.append(" ").append(ReasonOf(status));
  to.append("\r\nDate: ").append(facts.date).append("\r\n");
  if (!reply.content_type().empty() && status != 304) {
    to.append("Content-Type: ").append(reply.content_type()).append("\r\n");
  }
}

void AppendEnd(std::string& to, const Request& request, const Reply& reply,
               const HeadFacts& facts) {
  to.append(reply.headers()).append(request.reply_headers());
  if (facts.closes) {
    to.append("Connection: close\r\n");
  } else if (facts.is_1_0) {
    to.append("Connection: keep-alive\r\n");
  }
  to.append("\r\n");
}

}  // namespace

int StatusFor(const Request& request, const Reply& reply) {
  if (reply.status() != 200 || reply.etag().empty()) return reply.status();
  if (request.method() != Method::kGet && request.method() != Method::kHead) {
    return reply.status();
  }
  const auto condition = request.Header("If-None-Match");
  const bool has_it =
      condition.has_value() && NamesEtag(*condition, reply.etag());
  return has_it ? 304 : reply.status();
}

void AppendHead(std::string& to, const Request& request, const Reply& reply,
                int status, const HeadFacts& facts) {
  AppendStart(to, reply, status, facts);
  if (status != 204 && status != 304) {
    to.append("Content-Length: ");
    AppendNumber(to, reply.body().size());
    to.append("\r\n");
  }
  AppendEnd(to, request, reply, facts);
}

void AppendStreamHead(std::string& to, const Request& request,
                      const Reply& head, const HeadFacts& facts) {
  AppendStart(to, head, head.status(), facts);
  if (!facts.is_1_0) to.append("Transfer-Encoding: chunked\r\n");
  AppendEnd(to, request, head, facts);
}

std::string HttpDate(int64_t unix_seconds) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                          absl::FromUnixSeconds(unix_seconds),
                          absl::UTCTimeZone());
}

}  // namespace slotlog::http
