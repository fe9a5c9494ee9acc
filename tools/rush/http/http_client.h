// A browser's connection to a server: requests one after the other over a kept
// connection, opened anew where it was closed. Blocking, with time-outs; plain
// HTTP.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slotlog {

struct HttpAddress {
  std::string host;
  std::string port;

  /// "http://host[:port]", perhaps with a slash behind it. INVALID_ARGUMENT.
  static absl::StatusOr<HttpAddress> Parse(std::string_view url);
};

struct HttpResponse {
  int status = 0;
  std::string body;
  /// 0: the header is not there.
  int retry_after_seconds = 0;
};

class HttpClient {
 public:
  /// Longer than any answer is waited for.
  static constexpr absl::Duration kPatience = absl::Seconds(60);
  static constexpr size_t kResponseBytesMax = size_t{64} << 20;

  /// `token`: for Authorization; empty: none.
  HttpClient(HttpAddress address, std::string token);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  /// UNAVAILABLE: no connection, or it broke; the request may have arrived.
  absl::StatusOr<HttpResponse> Get(std::string_view target);
  absl::StatusOr<HttpResponse> PostProtobuf(std::string_view target,
                                            std::string_view idempotency_key,
                                            std::string_view body,
                                            std::string_view prefer = "");
  /// As somebody who presses reload: the next request opens it anew.
  void Disconnect();

 private:
  absl::Status Connect();
  absl::StatusOr<HttpResponse> Exchange(const std::string& request);
  absl::StatusOr<HttpResponse> Read();

  const HttpAddress address_;
  const std::string authorization_;
  /// -1: none.
  int socket_ = -1;
};

}  // namespace slotlog
