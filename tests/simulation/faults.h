// What goes wrong in a simulation. Each seed has its own mix of a few kinds, so
// that some worlds only ever crash and others only ever lose time; each Strike
// is one of them, now or at a moment that comes.
//
// Not among them: a transaction that is torn, a message between shards that
// stands there twice. Nobody can go on from that; who must stop is looked at
// when a day is over (damage.h).
//
// Threads: one. What it works on outlives it.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "tests/simulation/clock.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/dice.h"

namespace slotlog {

enum class Fault {
  /// The owner dies at one of its next calls to the log or its disk.
  kCrash,
  /// The owner and whoever slept are gone, and nobody has the shard.
  kKill,
  /// Another process takes the shard over and may die while it recovers.
  kTakeOver,
  /// The same, between the owner's decision and its commit.
  kTakeOverInCommit,
  /// Somebody who was fenced wakes up and goes on.
  kWakeLate,
  kCommitRefused,
  kCommitUnknownButDone,
  kCommitUnknownAndOpen,
  /// Committed, but for a while nobody can read it; often during a takeover.
  kMarkersLate,
  kDiskLost,
  /// A disk is what it was some time ago.
  kDiskOld,
  kCheckpointFails,
  /// The log is what it was some time ago, and stores are ahead of it.
  kTailLost,
  /// All clocks, mostly forth and now and then back; that of a machine.
  kClockJumps,
  kMachineClockJumps,
  /// A shard is not stepped for long: its messages are delayed.
  kStandstill,
  /// A command is the death of whoever reads it, a few times.
  kDeadlyCommand,
  /// Bytes that are no message.
  kNonsense,
  kAppendFails,
  /// A slot's shard says an old answer again.
  kOldAnswer,
};

std::string_view NameOf(Fault fault);

class Faults {
 public:
  struct Hooks {
    /// Appends something that cannot be decoded.
    std::function<void()> post_nonsense;
    /// The log is about to lose its tail, and has lost it.
    std::function<void()> before_tail_is_lost;
    std::function<void()> after_tail_is_lost;
  };

  Faults(Dice& dice, MemoryLog& log, Clock& clock, Cluster& cluster,
         Hooks hooks);

  /// One more thing goes wrong, unless this seed's world is a perfect one.
  void Strike();
  /// To be called as the simulation goes on.
  void NextStep() { ++step_; }
  bool StandsStill(Shard shard) const;

  /// All is well again: markers are written, sleepers are gone, nothing that is
  /// planned will come.
  void Heal();

  /// What has struck, and how often.
  const std::map<Fault, uint64_t>& struck() const { return struck_; }

 private:
  void Strike(Fault fault, Shard shard);
  void TakeOver(Shard shard, bool may_die);
  void PlanCommitFault(Shard shard, MemoryLog::CommitFault fault);
  void DelayMarkers(Shard shard);
  void TouchDisk(Fault fault, Shard shard);
  void LoseTail();
  void JumpClock();

  Dice& dice_;
  MemoryLog& log_;
  Clock& clock_;
  Cluster& cluster_;
  const Hooks hooks_;

  /// This seed's mix: a kind as often as it is likely.
  std::vector<Fault> mix_;
  std::map<Fault, uint64_t> struck_;
  uint64_t step_ = 0;
  std::map<Shard, uint64_t> still_until_step_;
  /// Where each partition ended when the log was last backed up.
  std::optional<std::map<TopicPartition, Offset>> backup_;
};

}  // namespace slotlog
