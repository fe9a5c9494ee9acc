#include "tools/worker/worker_process.h"

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/membership.h"
#include "services/shard/worker.h"
#include "tools/data_directory.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/metrics/metrics_flag.h"
#include "tools/metrics/metrics_server.h"
#include "tools/metrics/shard_figures.h"
#include "tools/stop_signal.h"
#include "tools/whole_number.h"
#include "tools/worker/spoken_progress.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(20);
constexpr absl::Duration kPublishEvery = absl::Seconds(1);
/// The whole group waits meanwhile.
constexpr absl::Duration kBatchPatience = absl::Milliseconds(500);

/// A worker goes on without its snapshots; a folder that is named wrongly is
/// told before it begins.
absl::Status CheckSnapshotsCanBeWritten(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0) {
    error = {errno, std::generic_category()};
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("cannot take snapshots into {}: {}",
                                            folder, error.message()));
}

std::string ListOf(const std::vector<Shard>& shards) {
  std::vector<uint32_t> numbers;
  for (const Shard shard : shards) numbers.push_back(shard.value);
  std::sort(numbers.begin(), numbers.end());
  return numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, ", "));
}

/// Every change of the group takes all shards from everyone and gives most of
/// them back to who had them: they pause meanwhile. The batch that is being
/// decided ends before others have the shard, or, if it takes too long, is
/// fenced.
MembershipListener ListenerOf(Worker& worker, ShardCount shard_count,
                              Role otherwise) {
  MembershipListener listener;
  listener.on_assigned = [&worker, shard_count,
                          otherwise](const std::vector<Shard>& shards) {
    spdlog::info("shards assigned: {}", ListOf(shards));
    for (Shard shard{0}; shard.value < shard_count.value; ++shard) {
      const bool is_owned =
          std::find(shards.begin(), shards.end(), shard) != shards.end();
      worker.SetRole(shard, is_owned ? Role::kOwner : otherwise);
    }
  };
  listener.on_revoked = [&worker](const std::vector<Shard>& shards) {
    spdlog::info("shards revoked: {}", ListOf(shards));
    worker.Pause(shards, absl::Now() + kBatchPatience);
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

/// Says so whenever a shard is recovered and decided here: what stood between
/// that and its assignment is how long it stood still.
class OwnedShards {
 public:
  void Look(const Worker& worker) {
    for (const ShardProgress& shard : worker.Progress()) {
      const bool is_owned = shard.role == Role::kOwner;
      if (!is_owned) {
        epochs_.erase(shard.shard);
      } else if (auto [owned, is_new] =
                     epochs_.try_emplace(shard.shard, shard.epoch);
                 is_new || owned->second != shard.epoch) {
        owned->second = shard.epoch;
        spdlog::info("shard {}: decided here, in epoch {} from event {} on",
                     shard.shard.value, shard.epoch.value,
                     shard.sequence.value + 1);
      }
    }
  }

 private:
  std::map<Shard, Epoch> epochs_;
};

}  // namespace

void AddWorkerFlags(CLI::App& command, WorkerFlags& flags) {
  AddKafkaFlags(command, flags.kafka)->required();
  command
      .add_option("--data", flags.data,
                  "Directory for the shards' state; this worker's own")
      ->type_name("DIR")
      ->required();
  command.add_flag("--standby", flags.stands_by,
                   "Follow the shards of others, to take them over without a "
                   "replay");
  CLI::Option* snapshots =
      command
          .add_option("--snapshots", flags.snapshots,
                      "Take snapshots of the shards' state into this folder, "
                      "and begin at the newest where --data was lost")
          ->type_name("DIR");
  command
      .add_option("--snapshot-every", flags.snapshot_every,
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
  AddMetricsFlag(command, flags.metrics);
  command
      .add_option("--memory-mib", flags.memory_mib,
                  "For the rows in memory of all shards; the rest is on disk")
      ->type_name("M")
      ->capture_default_str()
      ->transform(WholeNumber(1, kMemoryMibMax));
}

int RunWorker(const WorkerFlags& flags, const WorkerSetting& setting) {
  const auto fail = [&setting](const absl::Status& status, int exit_code) {
    fmt::print(stderr, "slotlog {}: {}\n", setting.command,
               std::string(status.message()));
    return exit_code;
  };
  // From the start: who is stopped while it begins has nothing to hand on, and
  // ends as well as any other.
  StopOnSignals();
  if (!flags.snapshots.empty()) {
    const absl::Status checked = CheckSnapshotsCanBeWritten(flags.snapshots);
    if (!checked.ok()) return fail(checked, kExitCouldNotRun);
  }
  auto options = OptionsOf(flags.kafka);
  if (!options.ok()) return fail(options.status(), kExitCouldNotRun);
  auto kafka = KafkaLog::Open(*options);
  if (!kafka.ok()) return fail(kafka.status(), kExitCouldNotRun);
  const std::unique_ptr<Log> decorated =
      setting.decorate == nullptr ? nullptr : setting.decorate(**kafka);
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
  if (!worker.ok()) return fail(worker.status(), kExitCouldNotRun);
  std::unique_ptr<MetricsServer> metrics;
  const auto figures = FiguresOf(**worker, log);
  if (!flags.metrics.empty()) {
    auto served = MetricsServer::Start(flags.metrics);
    if (!served.ok()) return fail(served.status(), kExitCouldNotRun);
    metrics = *std::move(served);
    metrics->Add(figures);
  }
  const MembershipListener listener =
      ListenerOf(**worker, log.Shards(), otherwise);
  const std::string name = NameOfThisWorker();
  auto membership = KafkaMembership::Join(*options, listener);
  if (!membership.ok()) return fail(membership.status(), kExitCouldNotRun);

  std::unique_ptr<GroupOffsets> standby;
  if (flags.stands_by) {
    auto group = GroupOffsets::OfStandby(*options, name);
    if (!group.ok()) return fail(group.status(), kExitCouldNotRun);
    standby = *std::move(group);
  }

  if (setting.on_started != nullptr) {
    if (auto begun = setting.on_started(log, metrics.get()); !begun.ok()) {
      return fail(begun, kExitCouldNotRun);
    }
  }
  absl::Status health;
  OwnedShards owned;
  absl::Time publish_at = absl::Now();
  while (!IsStopAsked() && health.ok()) {
    absl::SleepFor(kLook);
    owned.Look(**worker);
    health = (*worker)->Health();
    health.Update((*membership)->Health());
    if (absl::Now() < publish_at) continue;
    (*membership)->Publish(ProgressOf(**worker, Role::kOwner, name));
    if (standby != nullptr) {
      standby->Publish(ProgressOf(**worker, Role::kStandby, name));
    }
    publish_at = absl::Now() + kPublishEvery;
  }
  if (setting.on_stopping != nullptr) setting.on_stopping();
  // Others have the shards before this one's checkpoints are written.
  (*membership)->Leave();
  const absl::Status stopped = StopWorker(**worker);
  health.Update(stopped);
  if (absl::IsResourceExhausted(health)) {
    return fail(health, kExitCouldNotRun);
  }
  if (!health.ok()) return fail(health, kExitViolated);
  spdlog::info("stopped: every shard is handed on");
  return kExitOk;
}

}  // namespace slotlog
