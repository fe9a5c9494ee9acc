#include "tools/rush/http/http_client.h"

#include <absl/status/status.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <memory>

namespace slotlog {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::string_view kScheme = "http://";
constexpr size_t kReadBytes = 64 * 1024;

absl::Status Broken(std::string_view what) {
  return absl::UnavailableError(fmt::format("the connection {}", what));
}

}  // namespace

absl::StatusOr<HttpAddress> HttpAddress::Parse(std::string_view url) {
  std::string_view rest = url;
  if (rest.starts_with(kScheme)) {
    rest.remove_prefix(kScheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const size_t colon = rest.rfind(':');
    HttpAddress address{.host = std::string(rest.substr(0, colon)),
                        .port = colon == std::string_view::npos
                                    ? "80"
                                    : std::string(rest.substr(colon + 1))};
    const bool is_whole =
        !address.host.empty() && !address.port.empty() &&
        address.host.find_first_of("/?#@ ") == std::string::npos &&
        address.port.find_first_not_of("0123456789") == std::string::npos;
    if (is_whole) return address;
  }
  return absl::InvalidArgumentError(
      fmt::format("{} is no address: http://HOST:PORT is due", url));
}

HttpClient::HttpClient(HttpAddress address, std::string token)
    : address_(std::move(address)),
      authorization_(token.empty()
                         ? ""
                         : fmt::format("Authorization: Bearer {}\r\n", token)) {
}

HttpClient::~HttpClient() { Disconnect(); }

void HttpClient::Disconnect() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

absl::Status HttpClient::Connect() {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints,
                  &found) != 0) {
    return absl::UnavailableError(
        fmt::format("{} is not known", address_.host));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found,
                                                             &freeaddrinfo);
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    socket_ = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (socket_ < 0) continue;
    const timeval patience = absl::ToTimeval(kPatience);
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(socket_, at->ai_addr, at->ai_addrlen) == 0) {
      return absl::OkStatus();
    }
    Disconnect();
  }
  return absl::UnavailableError(
      fmt::format("nobody listens at {}:{}", address_.host, address_.port));
}

absl::StatusOr<HttpResponse> HttpClient::Get(std::string_view target) {
  return Exchange(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", target,
                              address_.host, authorization_));
}

absl::StatusOr<HttpResponse> HttpClient::PostProtobuf(
    std::string_view target, std::string_view idempotency_key,
    std::string_view body, std::string_view prefer) {
  return Exchange(fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\n{}Idempotency-Key: {}\r\n"
      "Content-Type: application/x-protobuf\r\nContent-Length: {}\r\n{}\r\n{}",
      target, address_.host, authorization_, idempotency_key, body.size(),
      prefer.empty() ? "" : fmt::format("Prefer: {}\r\n", prefer), body));
}

absl::StatusOr<HttpResponse> HttpClient::Exchange(const std::string& request) {
  if (socket_ < 0) {
    if (auto status = Connect(); !status.ok()) return status;
  }
  std::string_view rest = request;
  while (!rest.empty()) {
    const ssize_t sent = send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      Disconnect();
      return Broken("broke while a request was sent");
    }
    rest.remove_prefix(static_cast<size_t>(sent));
  }
  auto response = Read();
  if (!response.ok()) Disconnect();
  return response;
}

absl::StatusOr<HttpResponse> HttpClient::Read() {
  beast_http::response_parser<beast_http::string_body> parser;
  parser.eager(true);
  parser.body_limit(kResponseBytesMax);
  std::string bytes;
  std::vector<char> buffer(kReadBytes);
  while (!parser.is_done()) {
    const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return Broken("was closed before the answer");
    bytes.append(buffer.data(), static_cast<size_t>(got));
    boost::system::error_code error;
    const size_t taken = parser.put(
        boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != beast_http::error::need_more) {
      return Broken("gave something that is no HTTP");
    }
    bytes.erase(0, taken);
  }
  const auto& message = parser.get();
  const auto retry_after = message[beast_http::field::retry_after];
  HttpResponse response{
      .status = static_cast<int>(message.result_int()),
      .body = message.body(),
      .retry_after_seconds = std::atoi(retry_after.to_string().c_str())};
  if (!message.keep_alive()) Disconnect();
  return response;
}

}  // namespace slotlog
