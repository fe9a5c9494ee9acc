// Writes the head of an answer: the status line and the headers.
//
// Threads: pure functions.

#pragma once

#include <string>
#include <string_view>

#include "services/http/reply.h"
#include "services/http/request.h"

namespace slotlog::http {

struct HeadFacts {
  /// "Sat, 28 Nov 2026 12:00:00 GMT".
  std::string_view date;
  bool closes = false;
  /// HTTP/1.0 is told when the connection stays.
  bool is_1_0 = false;
};

/// The answer as the request's conditions have it: 304, and then without a
/// body, where If-None-Match names its ETag.
int StatusFor(const Request& request, const Reply& reply);

void AppendHead(std::string& to, const Request& request, const Reply& reply,
                int status, const HeadFacts& facts);

/// Of a stream: without a length, in chunks but for HTTP/1.0.
void AppendStreamHead(std::string& to, const Request& request,
                      const Reply& head, const HeadFacts& facts);

/// RFC 9110's only form to send a time in.
std::string HttpDate(int64_t unix_seconds);

}  // namespace slotlog::http
