// Reads a request out of bytes as they come: Beast's parser of HTTP/1.1 takes
// it apart, and what is strict beyond that stands here: what could be read in
// two ways (a body's length, a host) is refused.
//
// Threads: one.

#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string_view>

#include "services/http/request.h"

namespace slotlog::http {

enum class ParseFault {
  kNone,
  kMalformed,
  kHeadTooLarge,
  kBodyTooLarge,
  kEncodingUnknown,
  kVersionUnknown,
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  /// `request` outlives it and is empty.
  RequestParser(RequestBuilder& request, size_t head_bytes_max,
                size_t headers_max);

  /// Takes what can be taken of `bytes`; the rest is to be given again, with
  /// more behind it. Stops where the head ends, and where the request does.
  struct Taken {
    size_t bytes = 0;
    bool needs_more = false;
    ParseFault fault = ParseFault::kNone;
  };
  Taken Take(std::string_view bytes);

  /// To be said when the head is there.
  void LimitBody(size_t bytes_max) { body_bytes_max_ = bytes_max; }
  /// REQUIRES: the head is there.
  bool HasBody() const { return !is_done(); }
  /// The body's length as the head has it is above the limit.
  bool IsBodyTooLarge() const;
  bool IsVersion11() const { return version_ >= 11; }

 private:
  using Error = boost::system::error_code;
  using Text = boost::string_view;

  void on_request_impl(boost::beast::http::verb verb, Text method, Text target,
                       int version, Error& error) override;
  void on_response_impl(int, Text, int, Error&) override {}
  void on_field_impl(boost::beast::http::field field, Text name, Text value,
                     Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const&,
                         Error&) override {}
  size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  size_t on_chunk_body_impl(std::uint64_t, Text body, Error& error) override;
  void on_finish_impl(Error&) override {}

  void Refuse(ParseFault fault, Error& error);

  RequestBuilder& request_;
  const size_t head_bytes_max_;
  const size_t headers_max_;
  size_t body_bytes_max_ = 0;
  size_t body_bytes_ = 0;
  size_t head_bytes_ = 0;
  size_t headers_ = 0;
  size_t hosts_ = 0;
  int version_ = 0;
  bool has_head_ = false;
  bool has_encoding_ = false;
  ParseFault fault_ = ParseFault::kNone;
};

}  // namespace slotlog::http
