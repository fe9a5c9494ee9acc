#include "tools/worker/shards_command.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/log/kafka/group_offsets.h"
#include "events/log/kafka/kafka_log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/output_file.h"
#include "tools/worker/spoken_progress.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Show who has which shard, and how far it is";
constexpr char kFooter[] =
    R"(One line a shard, by what its worker said last (every second):

  owner      the worker, as HOST-PID; - where none was heard of
  said       how long ago
  epoch      how often the shard was taken over
  next       the next record of commands to be decided
  undecided  records of commands from there to the end
  to-replay  events to be folded again if the owner were killed now
  standbys   who follows it, with how many events it is behind

Examples:
  slotlog shards --kafka localhost:9092
  watch slotlog shards --kafka localhost:9092

Exit codes: 0 every shard has an owner, 1 one has none, 2 it could not run.)";

constexpr char kRow[] =
    "{:>5}  {:<24}  {:>6}  {:>5}  {:>10}  {:>9}  {:>9}  {}\n";

constexpr absl::Duration kPatience = absl::Seconds(10);
/// Whoever says nothing for so long is gone, or hangs: the session timeout.
constexpr absl::Duration kSilence = absl::Seconds(6);

struct Spoken {
  Offset next_command;
  SpokenProgress progress;
};
using SpokenOfShards = std::map<Shard, Spoken>;

absl::StatusOr<SpokenOfShards> ReadGroup(GroupOffsets& group,
                                         ShardCount shards) {
  auto published = group.Read(shards);
  if (!published.ok()) return published.status();
  SpokenOfShards all;
  for (const auto& [shard, said] : *published) {
    if (auto progress = ReadProgress(said.text)) {
      all[shard] = {said.next_command, *std::move(progress)};
    }
  }
  return all;
}

/// By shard: "HOST-PID (12 behind)".
absl::StatusOr<std::map<Shard, std::vector<std::string>>> ReadStandbys(
    const KafkaLogOptions& options, const SpokenOfShards& owners,
    GroupOffsets& group, ShardCount shards, absl::Time now) {
  std::map<Shard, std::vector<std::string>> texts;
  auto names = group.FindStandbys();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    auto standby = GroupOffsets::OfStandby(options, name);
    if (!standby.ok()) return standby.status();
    const auto said = ReadGroup(**standby, shards);
    if (!said.ok()) return said.status();
    for (const auto& [shard, spoken] : *said) {
      if (now - spoken.progress.at > kSilence) continue;
      const auto owner = owners.find(shard);
      const uint64_t head = owner == owners.end()
                                ? spoken.progress.sequence.value
                                : owner->second.progress.sequence.value;
      const uint64_t behind =
          head - std::min(head, spoken.progress.sequence.value);
      texts[shard].push_back(fmt::format("{} ({} behind)", name, behind));
    }
  }
  return texts;
}

absl::StatusOr<int> Show(const KafkaLogOptions& options) {
  auto log = KafkaLog::Open(options);
  if (!log.ok()) return log.status();
  auto group = GroupOffsets::OfOwners(options);
  if (!group.ok()) return group.status();
  const ShardCount shards = (*log)->Shards();
  const auto owners = ReadGroup(**group, shards);
  if (!owners.ok()) return owners.status();
  const absl::Time now = absl::Now();
  auto standbys = ReadStandbys(options, *owners, **group, shards, now);
  if (!standbys.ok()) return standbys.status();

  std::string table = fmt::format(kRow, "shard", "owner", "said", "epoch",
                                  "next", "undecided", "to-replay", "standbys");
  int exit_code = kExitOk;
  for (Shard shard{0}; shard.value < shards.value; ++shard) {
    const std::string others = (*standbys)[shard].empty()
                                   ? "-"
                                   : absl::StrJoin((*standbys)[shard], ", ");
    const auto commands = (*log)->WatermarksOf({Topic::kCommands, shard});
    if (!commands.ok()) return commands.status();
    const auto owner = owners->find(shard);
    if (owner == owners->end()) {
      exit_code = kExitViolated;
      table += fmt::format(kRow, shard.value, "-", "-", "-", "-",
                           commands->high.value, "-", others);
      continue;
    }
    const auto& [next, progress] = owner->second;
    const absl::Duration age = now - progress.at;
    if (age > kSilence) exit_code = kExitViolated;
    table += fmt::format(
        kRow, shard.value, age > kSilence ? "-" : progress.worker,
        fmt::format("{:.0f} s", std::max(0.0, absl::ToDoubleSeconds(age))),
        progress.epoch.value, next.value,
        std::max<int64_t>(0, commands->high.value - next.value),
        progress.events_to_replay, others);
  }
  if (auto written = WriteToStandardOutput(table); !written.ok())
    return written;
  return exit_code;
}

int Run(const KafkaFlags& flags) {
  auto options = OptionsOf(flags);
  absl::StatusOr<int> exit_code = kExitCouldNotRun;
  if (options.ok()) {
    options->patience = kPatience;
    exit_code = Show(*options);
  } else {
    exit_code = options.status();
  }
  if (exit_code.ok()) return *exit_code;
  fmt::print(stderr, "slotlog shards: {}\n",
             std::string(exit_code.status().message()));
  return kExitCouldNotRun;
}

}  // namespace

void AddShardsCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("shards", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<KafkaFlags>();
  AddKafkaFlags(*command, *flags)->required();
  command->callback([flags, &exit_code] { exit_code = Run(*flags); });
}

}  // namespace slotlog
