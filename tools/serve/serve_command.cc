#include "tools/serve/serve_command.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "events/log/kafka/topics.h"
#include "events/log/log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/shards_max.h"
#include "tools/version.h"
#include "tools/whole_number.h"
#include "tools/worker/worker_process.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Everything in one process, on a Kafka";
constexpr char kFooter[] =
    R"(Makes the log's topics if there are none, then decides as a worker does and
serves its metrics. More of them, or workers, share the shards with it.

Examples:
  slotlog serve --kafka localhost:9092 --data /srv/slotlog
  slotlog serve --kafka localhost:9092 --data /srv/slotlog --shards 8 \
    --metrics 0.0.0.0:9464

Exit codes: 0 stopped by a signal, 1 a shard is damaged or the topics are not as
they must be, 2 it could not run.)";

constexpr uint32_t kShardsDefault = 4;

struct ServeFlags {
  WorkerFlags worker;
  /// Not given: kShardsDefault where topics are made.
  uint32_t shards = 0;
};

int Fail(const absl::Status& status, int exit_code) {
  fmt::print(stderr, "slotlog serve: {}\n", std::string(status.message()));
  return exit_code;
}

/// As they are; made, if there are none and none was asked for otherwise.
absl::StatusOr<KafkaLogIdentity> TopicsFor(const KafkaLogOptions& options,
                                           uint32_t shards) {
  if (shards == 0) {
    auto found = CheckKafkaTopics(options);
    if (!absl::IsNotFound(found.status())) return found;
    shards = kShardsDefault;
  }
  return CreateKafkaTopics(options, {.shards = ShardCount{shards}});
}

int Run(const ServeFlags& flags) {
  const auto options = OptionsOf(flags.worker.kafka);
  if (!options.ok()) return Fail(options.status(), kExitCouldNotRun);
  const auto topics = TopicsFor(*options, flags.shards);
  if (absl::IsFailedPrecondition(topics.status())) {
    return Fail(topics.status(), kExitViolated);
  }
  if (!topics.ok()) return Fail(topics.status(), kExitCouldNotRun);
  const auto tell = [&](const Log& log) {
    fmt::print(
        "{}\nlog      {}, {} shards, at {}\nstate    {}\n"
        "metrics  http://{}/metrics\n",
        kVersion, std::string(log.Id()), log.Shards().value,
        flags.worker.kafka.brokers, flags.worker.data, flags.worker.metrics);
    std::fflush(stdout);
  };
  return RunWorker(flags.worker, {.command = "serve", .on_started = tell});
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<ServeFlags>();
  flags->worker.metrics = "127.0.0.1:9464";
  AddWorkerFlags(*command, flags->worker);
  command->get_option("--metrics")->capture_default_str();
  command
      ->add_option("--shards", flags->shards,
                   fmt::format("Partitions of each topic, where they are made "
                               "(default: {})",
                               kShardsDefault))
      ->type_name("N")
      ->transform(WholeNumber(1, kShardsMax));
  command->callback([flags, &exit_code] { exit_code = Run(*flags); });
}

}  // namespace slotlog
