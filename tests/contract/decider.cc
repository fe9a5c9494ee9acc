// Decides what stands on a Kafka log, until SIGTERM: a worker for all of its
// shards in a process of its own, for tests of who else speaks the contract.
//
//   decider --kafka HOST:PORT --prefix P --data DIR

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "events/log/kafka/kafka_log.h"
#include "tools/kafka_flags.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr uint64_t kMemoryMib = 64;

int Fail(const absl::Status& status) {
  fmt::print(stderr, "decider: {}\n", status.ToString());
  return 1;
}

}  // namespace

sigset_t Terminated() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  return signals;
}

int Decide(const KafkaFlags& flags, const std::string& data) {
  const auto options = OptionsOf(flags);
  if (!options.ok()) return Fail(options.status());
  const auto log = KafkaLog::Open(*options);
  if (!log.ok()) return Fail(log.status());
  const auto worker = StartWorker(**log, data, kMemoryMib);
  if (!worker.ok()) return Fail(worker.status());
  const sigset_t end = Terminated();
  int signal = 0;
  sigwait(&end, &signal);
  const absl::Status stopped = StopWorker(**worker);
  return stopped.ok() ? 0 : Fail(stopped);
}

}  // namespace slotlog

int main(int argc, char** argv) {
  // Before there are threads: all of them leave it to sigwait.
  const sigset_t end = slotlog::Terminated();
  pthread_sigmask(SIG_BLOCK, &end, nullptr);

  CLI::App app;
  slotlog::KafkaFlags flags;
  std::string data;
  slotlog::AddKafkaFlags(app, flags)->required();
  app.add_option("--data", data)->required();
  CLI11_PARSE(app, argc, argv);
  return slotlog::Decide(flags, data);
}
