// An answer: status, headers, bytes. Bytes that are ready and shared are sent
// as they are, without a copy.
//
// The server adds Date, Content-Length and Connection, leaves the body out for
// HEAD, and makes 304 of an answer to GET with an ETag that the request's
// If-None-Match names.
//
// Threads: a value.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace slotlog::http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblemJson = "application/problem+json";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";
inline constexpr std::string_view kEventStream = "text/event-stream";

class Reply {
 public:
  /// Without a body.
  explicit Reply(int status) : status_(status) {}
  /// `content_type` outlives all answers: one of the constants above.
  Reply(int status, std::string_view content_type, std::string body)
      : status_(status), content_type_(content_type), own_(std::move(body)) {}
  Reply(int status, std::string_view content_type,
        std::shared_ptr<const std::string> body)
      : status_(status),
        content_type_(content_type),
        shared_(std::move(body)) {}

  /// Adds a header. Bytes that would end the line are left out: no value that
  /// came from outside can add another header.
  Reply& Add(std::string_view name, std::string_view value);
  /// With its quotes: `"12"` or `W/"12"`.
  Reply& SetEtag(std::string_view etag);
  /// The connection is closed behind it.
  Reply& Close() {
    closes_ = true;
    return *this;
  }

  int status() const { return status_; }
  std::string_view content_type() const { return content_type_; }
  /// Lines, each with its end.
  std::string_view headers() const { return headers_; }
  std::string_view etag() const { return etag_; }
  std::string_view body() const { return shared_ ? *shared_ : own_; }
  bool closes() const { return closes_; }
  /// The body's bytes, to be sent: shared ones, or else its own.
  const std::shared_ptr<const std::string>& shared_body() const {
    return shared_;
  }
  std::string TakeOwnBody() { return std::move(own_); }

 private:
  int status_;
  bool closes_ = false;
  std::string_view content_type_;
  std::string headers_;
  std::string etag_;
  std::string own_;
  std::shared_ptr<const std::string> shared_;
};

/// "Not Found"; of a number without a name "Unknown".
std::string_view ReasonOf(int status);

/// Does If-None-Match's value name it (weakly, RFC 9110 section 13.1.2)?
bool NamesEtag(std::string_view if_none_match, std::string_view etag);

}  // namespace slotlog::http
