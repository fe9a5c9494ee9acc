#include "tests/simulation/faults.h"

#include <fmt/format.h>

#include <utility>

namespace slotlog {
namespace {

constexpr Fault kAllFaults[] = {
    Fault::kCrash,
    Fault::kKill,
    Fault::kTakeOver,
    Fault::kTakeOverInCommit,
    Fault::kWakeLate,
    Fault::kCommitRefused,
    Fault::kCommitUnknownButDone,
    Fault::kCommitUnknownAndOpen,
    Fault::kMarkersLate,
    Fault::kDiskLost,
    Fault::kDiskOld,
    Fault::kCheckpointFails,
    Fault::kTailLost,
    Fault::kClockJumps,
    Fault::kMachineClockJumps,
    Fault::kStandstill,
    Fault::kDeadlyCommand,
    Fault::kNonsense,
    Fault::kAppendFails,
    Fault::kOldAnswer,
};

constexpr uint64_t kLikelihoodMax = 5;
/// A crash strikes within so many calls to the world.
constexpr uint64_t kCallsMax = 40;
constexpr uint64_t kStandstillStepsMax = 150;

std::vector<TopicPartition> AllPartitions(const Log& log) {
  std::vector<TopicPartition> all;
  for (const Topic topic : kTopics) {
    for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
      all.push_back({topic, shard});
    }
  }
  return all;
}

}  // namespace

std::string_view NameOf(Fault fault) {
  switch (fault) {
    case Fault::kCrash:
      return "crash";
    case Fault::kKill:
      return "kill";
    case Fault::kTakeOver:
      return "takeover";
    case Fault::kTakeOverInCommit:
      return "takeover in commit";
    case Fault::kWakeLate:
      return "late waking";
    case Fault::kCommitRefused:
      return "refused commit";
    case Fault::kCommitUnknownButDone:
      return "unknown commit, done";
    case Fault::kCommitUnknownAndOpen:
      return "unknown commit, open";
    case Fault::kMarkersLate:
      return "late markers";
    case Fault::kDiskLost:
      return "lost disk";
    case Fault::kDiskOld:
      return "old disk";
    case Fault::kCheckpointFails:
      return "failed checkpoint";
    case Fault::kTailLost:
      return "lost tail";
    case Fault::kClockJumps:
      return "clock jump";
    case Fault::kMachineClockJumps:
      return "machine's clock jump";
    case Fault::kStandstill:
      return "standstill";
    case Fault::kDeadlyCommand:
      return "deadly command";
    case Fault::kNonsense:
      return "nonsense";
    case Fault::kAppendFails:
      return "failed append";
    case Fault::kOldAnswer:
      return "old answer";
  }
  return "";
}

Faults::Faults(Dice& dice, MemoryLog& log, Clock& clock, Cluster& cluster,
               Hooks hooks)
    : dice_(dice),
      log_(log),
      clock_(clock),
      cluster_(cluster),
      hooks_(std::move(hooks)) {
  for (const Fault fault : kAllFaults) {
    if (dice_.Percent(50)) continue;
    mix_.insert(mix_.end(), dice_.Between(1, kLikelihoodMax), fault);
  }
}

void Faults::Strike() {
  if (mix_.empty()) return;
  const Shard shard{static_cast<uint32_t>(dice_.Below(log_.Shards().value))};
  const Fault fault = dice_.OneOf(mix_);
  ++struck_[fault];
  Strike(fault, shard);
}

void Faults::Strike(Fault fault, Shard shard) {
  using CommitFault = MemoryLog::CommitFault;
  switch (fault) {
    case Fault::kCrash:
      return cluster_.PlanDeath(shard, dice_.Between(1, kCallsMax),
                                dice_.Percent(50) ? Process::Death::kBeforeCall
                                                  : Process::Death::kAfterCall);
    case Fault::kKill:
      return cluster_.Kill(shard);
    case Fault::kTakeOver:
      return TakeOver(shard, /*may_die=*/true);
    case Fault::kTakeOverInCommit:
      return cluster_.InterruptNextCommit(shard, [this, shard] {
        TakeOver(shard, /*may_die=*/false);
        if (dice_.Percent(50)) cluster_.Step(shard);
      });
    case Fault::kWakeLate:
      return cluster_.Wake(shard);
    case Fault::kCommitRefused:
      return PlanCommitFault(shard, CommitFault::kRefused);
    case Fault::kCommitUnknownButDone:
      return PlanCommitFault(shard, CommitFault::kUnknownButDone);
    case Fault::kCommitUnknownAndOpen:
      return PlanCommitFault(shard, CommitFault::kUnknownAndOpen);
    case Fault::kMarkersLate:
      return DelayMarkers(shard);
    case Fault::kDiskLost:
    case Fault::kDiskOld:
      return TouchDisk(fault, shard);
    case Fault::kCheckpointFails:
      return cluster_.FailNextCheckpoint(
          shard, dice_.Percent(50) ? absl::DataLossError("damaged")
                                   : absl::ResourceExhaustedError("full"));
    case Fault::kTailLost:
      return LoseTail();
    case Fault::kClockJumps:
      return JumpClock();
    case Fault::kMachineClockJumps:
      return cluster_.SetSkew(
          dice_.Below(cluster_.machines()),
          absl::Milliseconds(static_cast<int64_t>(dice_.Below(20'000)) -
                             10'000));
    case Fault::kStandstill:
      still_until_step_[shard] = step_ + dice_.Between(1, kStandstillStepsMax);
      return;
    case Fault::kDeadlyCommand: {
      const TopicPartition commands{Topic::kCommands, shard};
      return cluster_.deadly_records().Add(
          commands, log_.WatermarksOf(commands)->high, dice_.Between(1, 3));
    }
    case Fault::kNonsense:
      return hooks_.post_nonsense();
    case Fault::kAppendFails:
      return log_.FailNextAppend(absl::ResourceExhaustedError("full"),
                                 dice_.Below(3));
    case Fault::kOldAnswer:
      return cluster_.old_answers().RepeatOne();
  }
}

bool Faults::StandsStill(Shard shard) const {
  const auto until = still_until_step_.find(shard);
  return until != still_until_step_.end() && step_ < until->second;
}

/// Always to another machine: a process that runs has its disk for itself.
void Faults::TakeOver(Shard shard, bool may_die) {
  size_t machine = dice_.Below(cluster_.machines());
  if (cluster_.HasOwner(shard) && cluster_.MachineOf(shard) == machine) {
    machine = (machine + 1) % cluster_.machines();
  }
  const uint64_t death =
      may_die && dice_.Percent(30) ? dice_.Between(1, kCallsMax) : 0;
  cluster_.TakeOver(shard, machine, death,
                    dice_.Percent(50) ? Process::Death::kBeforeCall
                                      : Process::Death::kAfterCall);
}

void Faults::PlanCommitFault(Shard shard, MemoryLog::CommitFault fault) {
  log_.FailNextCommit(ProducerOf(shard), fault);
}

/// Of the next commit, in some of its partitions; those that were late before
/// come now.
void Faults::DelayMarkers(Shard shard) {
  log_.WriteLateMarkers();
  std::vector<TopicPartition> late;
  for (const TopicPartition partition : AllPartitions(log_)) {
    const bool is_own_events =
        partition == TopicPartition{Topic::kEvents, shard};
    if (dice_.Percent(is_own_events ? 80 : 30)) late.push_back(partition);
  }
  log_.FailNextCommit(ProducerOf(shard), MemoryLog::CommitFault::kMarkersLate,
                      late);
  if (dice_.Percent(40)) return;
  cluster_.Step(shard);
  TakeOver(shard, /*may_die=*/false);
}

void Faults::TouchDisk(Fault fault, Shard shard) {
  const size_t machine = dice_.Below(cluster_.machines());
  if (fault == Fault::kDiskOld && dice_.Percent(50)) {
    return cluster_.DiskOf(machine).BackUp(shard);
  }
  cluster_.Kill(shard);
  if (fault == Fault::kDiskLost) {
    cluster_.DiskOf(machine).Lose(shard);
  } else {
    cluster_.DiskOf(machine).Restore(shard);
  }
}

/// All partitions together, at a moment when nothing was half written: that is
/// how a log comes back from an older copy.
void Faults::LoseTail() {
  if (!backup_.has_value()) {
    std::map<TopicPartition, Offset> ends;
    for (const TopicPartition partition : AllPartitions(log_)) {
      const Watermarks watermarks = *log_.WatermarksOf(partition);
      if (watermarks.last_stable != watermarks.high) return;
      ends[partition] = watermarks.high;
    }
    backup_ = std::move(ends);
    return;
  }
  if (dice_.Percent(70)) return;
  log_.WriteLateMarkers();
  hooks_.before_tail_is_lost();
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    cluster_.Kill(shard);
  }
  cluster_.old_answers().Forget();
  for (const auto& [partition, end] : *backup_) log_.DropTail(partition, end);
  backup_.reset();
  hooks_.after_tail_is_lost();
}

void Faults::JumpClock() {
  const std::vector<absl::Duration> jumps = {
      absl::Seconds(3), absl::Seconds(10), absl::Minutes(1), absl::Minutes(10),
      absl::Hours(1),   absl::Hours(5),    -absl::Seconds(2)};
  clock_.now += dice_.OneOf(jumps);
}

void Faults::Heal() {
  log_.ForgetPlannedFaults();
  log_.WriteLateMarkers();
  still_until_step_.clear();
  cluster_.deadly_records().Clear();
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    cluster_.Kill(shard);
    // An open transaction ends where its producer is opened anew.
    while (!cluster_.HasOwner(shard) && cluster_.failures().empty()) {
      cluster_.Step(shard);
    }
  }
}

}  // namespace slotlog
