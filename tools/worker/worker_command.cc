#include "tools/worker/worker_command.h"

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/membership.h"
#include "services/shard/worker.h"
#include "tools/data_directory.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/stop_signal.h"
#include "tools/whole_number.h"
#include "tools/worker/metrics.h"
#include "tools/worker/spoken_progress.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Decide the shards that Kafka's group gives";
constexpr char kFooter[] =
    R"(Start as many as you like, each with a --data of its own, and they share the
shards; SIGTERM or Ctrl-C lets one finish its batches and hand its shards on.
What stands in --data can be deleted while the worker is down: it is folded
again from the events. A full disk ends a worker, and the others go on.

Examples:
  slotlog topics create --kafka localhost:9092 --shards 4
  slotlog worker --kafka localhost:9092 --data /srv/slotlog
  slotlog worker --kafka localhost:9092 --data /srv/slotlog --standby \
    --snapshots /mnt/snapshots --metrics 127.0.0.1:9464

Exit codes: 0 stopped by a signal, 1 a shard is damaged, 2 it could not run.)";

/// A batch takes less; whoever takes longer is fenced.
constexpr absl::Duration kGiveUpPatience = absl::Seconds(4);
constexpr absl::Duration kLook = absl::Milliseconds(20);
constexpr absl::Duration kPublishEvery = absl::Seconds(1);

struct WorkerFlags {
  KafkaFlags kafka;
  std::string data;
  uint64_t memory_mib = kMemoryMibDefault;
  bool stands_by = false;
  std::string snapshots;
  std::string snapshot_every = "10m";
  std::string metrics;
};

int Fail(const absl::Status& status, int exit_code) {
  fmt::print(stderr, "slotlog worker: {}\n", std::string(status.message()));
  return exit_code;
}

std::string ListOf(const std::vector<Shard>& shards) {
  std::vector<uint32_t> numbers;
  for (const Shard shard : shards) numbers.push_back(shard.value);
  std::sort(numbers.begin(), numbers.end());
  return numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, ", "));
}

MembershipListener ListenerOf(Worker& worker, Role otherwise) {
  MembershipListener listener;
  listener.on_assigned = [&worker](const std::vector<Shard>& shards) {
    spdlog::info("shards assigned: {}", ListOf(shards));
    for (const Shard shard : shards) worker.SetRole(shard, Role::kOwner);
  };
  listener.on_revoked = [&worker, otherwise](const std::vector<Shard>& shards) {
    for (const Shard shard : shards) worker.SetRole(shard, otherwise);
    const bool in_time = worker.AwaitGivenUp(kGiveUpPatience);
    spdlog::info("shards revoked: {}{}", ListOf(shards),
                 in_time ? "" : "; a batch is still being decided");
  };
  return listener;
}

/// "HOST-PID".
std::string NameOfThisWorker() {
  char host[256] = "";
  ::gethostname(host, sizeof(host) - 1);
  return fmt::format("{}-{}", static_cast<const char*>(host), ::getpid());
}

/// What `slotlog shards` and lag tools see of the shards of which it is this.
std::map<Shard, PublishedProgress> ProgressOf(const Worker& worker, Role role,
                                              const std::string& name) {
  std::map<Shard, PublishedProgress> published;
  for (const ShardProgress& shard : worker.Progress()) {
    if (shard.role != role) continue;
    published[shard.shard] = {.next_command = shard.next_command,
                              .text = TextOf(SpokenProgress{
                                  .worker = name,
                                  .at = absl::Now(),
                                  .epoch = shard.epoch,
                                  .sequence = shard.sequence,
                                  .events_to_replay = shard.events_to_replay})};
  }
  return published;
}

int Run(const WorkerFlags& flags, const LogDecorator& decorate) {
  auto options = OptionsOf(flags.kafka);
  if (!options.ok()) return Fail(options.status(), kExitCouldNotRun);
  auto kafka = KafkaLog::Open(*options);
  if (!kafka.ok()) return Fail(kafka.status(), kExitCouldNotRun);
  const std::unique_ptr<Log> decorated =
      decorate == nullptr ? nullptr : decorate(**kafka);
  Log& log = decorated == nullptr ? **kafka : *decorated;
  const Role otherwise = flags.stands_by ? Role::kStandby : Role::kNone;
  absl::Duration snapshot_interval;
  absl::ParseDuration(flags.snapshot_every, &snapshot_interval);
  auto worker = Worker::Start(log, {.directory = StateDirectory(flags.data),
                                    .memory_bytes = flags.memory_mib << 20,
                                    .clock = [] { return absl::Now(); },
                                    .role = otherwise,
                                    .snapshots = flags.snapshots,
                                    .snapshot_interval = snapshot_interval,
                                    .survives_full_disk = false});
  if (!worker.ok()) return Fail(worker.status(), kExitCouldNotRun);
  std::unique_ptr<WorkerMetrics> metrics;
  if (!flags.metrics.empty()) {
    auto served = WorkerMetrics::Serve(flags.metrics, **worker, log);
    if (!served.ok()) return Fail(served.status(), kExitCouldNotRun);
    metrics = *std::move(served);
  }
  const MembershipListener listener = ListenerOf(**worker, otherwise);
  const std::string name = NameOfThisWorker();
  StopOnSignals();
  auto membership = KafkaMembership::Join(*options, listener);
  if (!membership.ok()) return Fail(membership.status(), kExitCouldNotRun);

  std::unique_ptr<GroupOffsets> standby;
  if (flags.stands_by) {
    auto group = GroupOffsets::OfStandby(*options, name);
    if (!group.ok()) return Fail(group.status(), kExitCouldNotRun);
    standby = *std::move(group);
  }

  absl::Status health;
  absl::Time publish_at = absl::Now();
  while (!IsStopAsked() && health.ok()) {
    absl::SleepFor(kLook);
    health = (*worker)->Health();
    health.Update((*membership)->Health());
    if (absl::Now() < publish_at) continue;
    (*membership)->Publish(ProgressOf(**worker, Role::kOwner, name));
    if (standby != nullptr) {
      standby->Publish(ProgressOf(**worker, Role::kStandby, name));
    }
    publish_at = absl::Now() + kPublishEvery;
  }
  // Others have the shards before this one's checkpoints are written.
  (*membership)->Leave();
  const absl::Status stopped = StopWorker(**worker);
  health.Update(stopped);
  if (absl::IsResourceExhausted(health)) {
    return Fail(health, kExitCouldNotRun);
  }
  if (!health.ok()) return Fail(health, kExitViolated);
  spdlog::info("stopped: every shard is handed on");
  return kExitOk;
}

}  // namespace

void AddWorkerCommand(CLI::App& app, int& exit_code, LogDecorator decorate) {
  CLI::App* command = app.add_subcommand("worker", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<WorkerFlags>();
  AddKafkaFlags(*command, flags->kafka)->required();
  command
      ->add_option("--data", flags->data,
                   "Directory for the shards' state; this worker's own")
      ->type_name("DIR")
      ->required();
  command->add_flag("--standby", flags->stands_by,
                    "Follow the shards of others, to take them over without a "
                    "replay");
  CLI::Option* snapshots =
      command
          ->add_option("--snapshots", flags->snapshots,
                       "Take snapshots of the shards' state into this folder, "
                       "and begin at the newest where --data was lost")
          ->type_name("DIR");
  command
      ->add_option("--snapshot-every", flags->snapshot_every,
                   "Between two of a shard, at least: 90s, 10m, 1h")
      ->type_name("TIME")
      ->capture_default_str()
      ->needs(snapshots)
      ->check(CLI::Validator(
          [](const std::string& text) {
            absl::Duration every;
            const bool is_good =
                absl::ParseDuration(text, &every) && every >= absl::Seconds(1);
            return is_good ? "" : "must be a time of a second or more: 10m";
          },
          ""));
  command
      ->add_option("--metrics", flags->metrics,
                   "Serve Prometheus' metrics at http://HOST:PORT/metrics")
      ->type_name("HOST:PORT");
  command
      ->add_option("--memory-mib", flags->memory_mib,
                   "For the rows in memory of all shards; the rest is on disk")
      ->type_name("M")
      ->capture_default_str()
      ->transform(WholeNumber(1, kMemoryMibMax));
  command->callback([flags, &exit_code, decorate = std::move(decorate)] {
    exit_code = Run(*flags, decorate);
  });
}

}  // namespace slotlog
