// Serves two ready answers of a size for http_bench.py: what the server itself
// costs, without anything behind it.

#include <absl/time/clock.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "services/http/server.h"

int main(int argc, char** argv) {
  namespace http = slotlog::http;
  if (argc != 4) {
    std::fprintf(stderr, "usage: http_server PORT BYTES THREADS\n");
    return 2;
  }
  const auto body =
      std::make_shared<const std::string>(std::atoi(argv[2]), 'x');
  http::Router router;
  router.Add(http::Method::kGet, "/ready", [body](http::Exchange exchange) {
    exchange.Answer(http::Reply(200, http::kJson, body)
                        .SetEtag("\"1\"")
                        .Add("Cache-Control", "max-age=1"));
  });
  router.Add(http::Method::kGet, "/stream", [](http::Exchange exchange) {
    exchange.Stream().Send(std::make_shared<const std::string>(
        http::ServerSentEvent("1", "waiting", "{}")));
  });
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  auto server =
      http::Server::Start({.port = static_cast<uint16_t>(std::atoi(argv[1])),
                           .threads = std::atoi(argv[3]),
                           .limits = {},
                           .tls = {},
                           .clock = [] { return absl::Now(); },
                           .on_finished = {}},
                          std::move(router));
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Stop(absl::Seconds(1));
  return 0;
}
