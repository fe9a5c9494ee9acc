// An HTTP/1.1 server: keep-alive, pipelined requests answered in order, limits
// on whatever a client may send or leave open, TLS if wanted. Each thread has
// its connections to itself; handlers run on it and must not block.
//
//   http::Router router;
//   router.Add(http::Method::kGet, "/livez", [](http::Exchange exchange) {
//     exchange.Answer(http::Reply(200, http::kJson, R"({"status":"ok"})"));
//   });
//   auto server = http::Server::Start({.port = 8080, .clock = ...},
//                                     std::move(router));
//
// Threads: everything may be called from any but a handler's; Stop once.
//
// Ownership: what handlers use outlives the server.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "services/http/router.h"
#include "services/http/tls.h"

namespace slotlog::http {

struct ServerLimits {
  /// More are told 503 and closed.
  size_t connections_max = 20'000;
  /// Of a request's first line and headers; and of them, how many headers.
  size_t head_bytes_max = 8 * 1024;
  size_t headers_max = 64;
  /// From a connection's or a request's first byte until its head is there.
  absl::Duration head_timeout = absl::Seconds(10);
  /// From then until its body is there.
  absl::Duration body_timeout = absl::Seconds(20);
  /// Until the handler answers; longer than any long poll.
  absl::Duration answer_timeout = absl::Seconds(90);
  /// Until the client has taken an answer, or some of a stream.
  absl::Duration write_timeout = absl::Seconds(30);
  /// Between requests.
  absl::Duration idle_timeout = absl::Seconds(60);
  absl::Duration handshake_timeout = absl::Seconds(10);
  /// Of a stream's events, what the client has not taken yet.
  size_t stream_pending_bytes_max = 64 * 1024;
  /// A quiet stream gets a comment so often, so that dead clients are noticed.
  absl::Duration stream_heartbeat = absl::Seconds(15);
  /// After the last answer, until the client has closed too: what it still
  /// sends is thrown away meanwhile, or it might lose the answer.
  absl::Duration linger_timeout = absl::Seconds(2);
  /// How exactly all of these are kept.
  absl::Duration tick = absl::Milliseconds(250);
};

/// A request that was answered, for logs and metrics. The views live as long as
/// the call.
struct Finished {
  const Request& request;
  /// The route's pattern; empty: none was found.
  std::string_view pattern;
  int status;
  size_t body_bytes;
  /// From when the head was there until the answer was handed to the kernel.
  absl::Duration took;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  /// 0: one that is free.
  uint16_t port = 0;
  int threads = 1;
  ServerLimits limits;
  std::optional<TlsOptions> tls;
  /// For Date, and for Finished::took.
  std::function<absl::Time()> clock;
  /// Called on a connection's thread; may be empty.
  std::function<void(const Finished&)> on_finished;
};

struct ServerFigures {
  size_t connections = 0;
  size_t streams = 0;
  uint64_t requests = 0;
  uint64_t connections_refused = 0;
};

class Server {
 public:
  /// Listens when it returns. INVALID_ARGUMENT: the address or a certificate
  /// cannot be used; UNAVAILABLE: the port is taken.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options,
                                                       Router router);
  /// Stops without grace.
  ~Server();

  uint16_t port() const;
  ServerFigures figures() const;

  /// Accepts no more, closes idle connections, ends streams, lets what is being
  /// answered finish for so long, and closes the rest.
  void Stop(absl::Duration grace);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace slotlog::http
