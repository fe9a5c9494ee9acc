#include "services/http/request_parser.h"

#include <absl/strings/match.h>

#include <boost/beast/http/error.hpp>
#include <limits>

namespace slotlog::http {
namespace {

namespace beast_http = boost::beast::http;

std::string_view Std(boost::string_view text) {
  return {text.data(), text.size()};
}

/// Of "http://host/path" the path: a server takes that form too (RFC 9112,
/// section 3.2.2).
std::string_view WithoutAuthority(std::string_view target) {
  const size_t scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == target.npos) return target;
  const size_t path = target.find('/', scheme_end + 3);
  return path == target.npos ? "/" : target.substr(path);
}

ParseFault FaultOf(const boost::system::error_code& error) {
  if (error == beast_http::error::header_limit) {
    return ParseFault::kHeadTooLarge;
  }
  if (error == beast_http::error::body_limit) return ParseFault::kBodyTooLarge;
  if (error == beast_http::error::bad_version) {
    return ParseFault::kVersionUnknown;
  }
  return ParseFault::kMalformed;
}

}  // namespace

RequestParser::RequestParser(RequestBuilder& request, size_t head_bytes_max,
                             size_t headers_max)
    : request_(request),
      head_bytes_max_(head_bytes_max),
      headers_max_(headers_max) {
  header_limit(static_cast<uint32_t>(head_bytes_max));
  // LimitBody says it, when it is known whose body it is.
  body_limit(std::numeric_limits<uint64_t>::max());
}

RequestParser::Taken RequestParser::Take(std::string_view bytes) {
  Taken taken;
  Error error;
  taken.bytes =
      put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error == beast_http::error::need_more) {
    taken.needs_more = true;
  } else if (error) {
    taken.fault = fault_ != ParseFault::kNone ? fault_ : FaultOf(error);
  }
  return taken;
}

bool RequestParser::IsBodyTooLarge() const {
  const auto length = content_length();
  return length.has_value() && *length > body_bytes_max_;
}

void RequestParser::on_request_impl(beast_http::verb, Text method, Text target,
                                    int version, Error&) {
  version_ = version;
  head_bytes_ += method.size() + target.size();
  request_.SetMethod(MethodNamed(Std(method)));
  request_.SetTarget(WithoutAuthority(Std(target)));
}

void RequestParser::on_field_impl(beast_http::field field, Text name,
                                  Text value, Error& error) {
  // Nothing reads the trailer of a body in chunks.
  if (has_head_) return;
  head_bytes_ += name.size() + value.size();
  if (++headers_ > headers_max_ || head_bytes_ > head_bytes_max_) {
    return Refuse(ParseFault::kHeadTooLarge, error);
  }
  if (field == beast_http::field::host) ++hosts_;
  if (field == beast_http::field::transfer_encoding) {
    has_encoding_ = true;
    if (!absl::EqualsIgnoreCase({value.data(), value.size()}, "chunked")) {
      return Refuse(ParseFault::kEncodingUnknown, error);
    }
  }
  request_.AddHeader(Std(name), Std(value));
}

void RequestParser::on_header_impl(Error& error) {
  has_head_ = true;
  const bool is_1_1 = version_ >= 11;
  if (hosts_ > 1 || (is_1_1 && hosts_ == 0) || (!is_1_1 && has_encoding_)) {
    Refuse(ParseFault::kMalformed, error);
  }
}

size_t RequestParser::on_body_impl(Text body, Error& error) {
  body_bytes_ += body.size();
  if (body_bytes_ > body_bytes_max_) {
    Refuse(ParseFault::kBodyTooLarge, error);
    return 0;
  }
  request_.AppendBody(Std(body));
  return body.size();
}

size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body,
                                         Error& error) {
  return on_body_impl(body, error);
}

void RequestParser::Refuse(ParseFault fault, Error& error) {
  fault_ = fault;
  error = beast_http::error::bad_field;
}

}  // namespace slotlog::http
