#include "services/http/request.h"

#include <absl/strings/match.h>

#include "events/invariant.h"
#include "services/http/header_line.h"

namespace slotlog::http {
namespace {

/// -1: none.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool AreSameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace

std::string_view NameOf(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      return "";
  }
  return "";
}

Method MethodNamed(std::string_view name) {
  for (Method method :
       {Method::kGet, Method::kHead, Method::kPost, Method::kPut,
        Method::kPatch, Method::kDelete, Method::kOptions}) {
    if (NameOf(method) == name) return method;
  }
  return Method::kOther;
}

std::string_view Request::path() const { return TextOf(path_); }
std::string_view Request::query() const { return TextOf(query_); }

std::optional<std::string_view> Request::Header(std::string_view name) const {
  for (const HeaderPieces& header : headers_) {
    if (AreSameName(TextOf(header.name), name)) return TextOf(header.value);
  }
  return std::nullopt;
}

size_t Request::CountOf(std::string_view name) const {
  size_t count = 0;
  for (const HeaderPieces& header : headers_) {
    if (AreSameName(TextOf(header.name), name)) ++count;
  }
  return count;
}

std::string_view Request::PathParameter(std::string_view name) const {
  for (const auto& [known, value] : parameters_) {
    if (known == name) return value;
  }
  INVARIANT(false, "a parameter that the route does not name");
  return "";
}

std::optional<std::string> Request::QueryParameter(
    std::string_view name) const {
  std::string_view rest = query();
  while (!rest.empty()) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == rest.npos ? "" : rest.substr(end + 1);
    const size_t equals = pair.find('=');
    const auto key = DecodePercent(pair.substr(0, equals), true);
    if (!key.has_value() || *key != name) continue;
    return equals == pair.npos ? std::string()
                               : DecodePercent(pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

void Request::AddReplyHeader(std::string_view name, std::string_view value) {
  AppendHeaderLine(reply_headers_, name, value);
}

RequestBuilder& RequestBuilder::Clear() {
  request_.text_.clear();
  request_.path_ = {};
  request_.query_ = {};
  request_.headers_.clear();
  request_.parameters_.clear();
  request_.body_.clear();
  request_.trace_ = {};
  request_.caller_.reset();
  request_.reply_headers_.clear();
  return *this;
}

RequestBuilder& RequestBuilder::SetMethod(Method method) {
  request_.method_ = method;
  return *this;
}

RequestBuilder& RequestBuilder::SetTarget(std::string_view target) {
  const size_t mark = target.find('?');
  request_.path_ = Append(target.substr(0, mark));
  request_.query_ = Append(mark == target.npos ? "" : target.substr(mark + 1));
  return *this;
}

RequestBuilder& RequestBuilder::AddHeader(std::string_view name,
                                          std::string_view value) {
  const auto name_piece = Append(name);
  request_.headers_.push_back({name_piece, Append(value)});
  return *this;
}

RequestBuilder& RequestBuilder::AddPathParameter(std::string_view name,
                                                 std::string value) {
  request_.parameters_.emplace_back(name, std::move(value));
  return *this;
}

RequestBuilder& RequestBuilder::AppendBody(std::string_view bytes) {
  request_.body_.append(bytes);
  return *this;
}

RequestBuilder& RequestBuilder::SetPeer(std::shared_ptr<const Peer> peer) {
  request_.peer_ = std::move(peer);
  return *this;
}

RequestBuilder& RequestBuilder::SetTrace(TraceContext trace) {
  request_.trace_ = trace;
  return *this;
}

Request::Piece RequestBuilder::Append(std::string_view text) {
  const Request::Piece piece = {static_cast<uint32_t>(request_.text_.size()),
                                static_cast<uint32_t>(text.size())};
  request_.text_.append(text);
  return piece;
}

std::optional<std::string> DecodePercent(std::string_view text,
                                         bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded.push_back(' ');
    } else if (text[i] != '%') {
      decoded.push_back(text[i]);
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexValue(text[i + 1]);
      const int low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return decoded;
}

}  // namespace slotlog::http
