// Serves a gateway on an embedded log in a directory, with the read models that
// it asks, for gateway_bench.py; with "decide", a worker decides what comes, as
// in `slotlog serve`.

#include <absl/time/clock.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "events/log/embedded/embedded_log.h"
#include "projections/read_models.h"
#include "projections/stores.h"
#include "services/gateway/gateway.h"
#include "services/http/server.h"
#include "services/query/tickets.h"
#include "services/query/timer_thread.h"
#include "services/shard/worker.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{4};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

int Serve(const std::filesystem::path& directory, int threads, bool decides) {
  const auto clock = [] { return absl::Now(); };
  auto log =
      EmbeddedLog::Open(directory / "log", {.shards = kShards, .clock = clock});
  if (!log.ok()) return Fail(log.status());
  ReadModels models(
      **log,
      StoresIn(directory / "projections", NewRocksDbMemory(size_t{64} << 20)),
      {.feed = {.clock = clock}, .outcomes = {}});
  if (auto status = models.feed().Start(); !status.ok()) return Fail(status);
  std::unique_ptr<Worker> worker;
  if (decides) {
    auto started = Worker::Start(
        **log, {.directory = directory / "state", .clock = clock});
    if (!started.ok()) return Fail(started.status());
    worker = *std::move(started);
  }
  TimerThread timers;
  Tickets tickets(models, timers, clock);
  Gateway gateway(**log, tickets, {});
  http::Router router;
  gateway.AddRoutes(router, {});
  auto server = http::Server::Start({.threads = threads,
                                     .limits = {},
                                     .tls = {},
                                     .clock = clock,
                                     .on_finished = {}},
                                    std::move(router));
  if (!server.ok()) return Fail(server.status());
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Stop(absl::Seconds(1));
  if (worker != nullptr) worker->Stop().IgnoreError();
  models.feed().Stop();
  timers.Stop();
  const AppenderFigures figures = gateway.figures();
  std::printf("%lu records in %lu appends, %lu refused\n",
              static_cast<unsigned long>(figures.appended_records),
              static_cast<unsigned long>(figures.appends),
              static_cast<unsigned long>(figures.refused_records));
  return 0;
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: gateway_server DIRECTORY THREADS [decide]\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return slotlog::Serve(argv[1], std::atoi(argv[2]), argc > 3);
}
