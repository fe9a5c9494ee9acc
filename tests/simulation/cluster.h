// The workers of a simulation: which process owns which shard, on which
// machine. A shard is taken over by a new process, while the one that had it
// may sleep and wake later without knowing; processes die; disks stay. Every
// worker's loop is the real one, on the real core.
//
// A shard that stops for a reason that nobody injected is a failure, and so is
// an owner that goes on after it was fenced.
//
// Threads: one.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "services/shard/shard_loop.h"
#include "tests/simulation/clock.h"
#include "tests/simulation/connection.h"
#include "tests/simulation/deadly_records.h"
#include "tests/simulation/disk.h"

namespace slotlog {

/// The transactional id under which the shard's owner writes.
std::string ProducerOf(Shard shard);

/// What a test puts between a worker and the world, to break it on purpose.
struct Seams {
  std::function<std::unique_ptr<Log>(Log&)> log;
  std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)> store;
  OldAnswers::Turn old_answers = OldAnswers::Turn::kKept;
};

/// A worker's machine.
struct Machine {
  /// How far its clock is before the log's.
  absl::Duration skew;
  Disk disk;
};

struct ClusterOptions {
  std::vector<absl::Duration> skews;
  size_t memory_bytes = 0;
  uint64_t checkpoint_events_max = 0;
};

class Cluster {
 public:
  /// The log and the clock outlive it. REQUIRES: at least two machines.
  Cluster(MemoryLog& log, Clock& clock, ClusterOptions options, Seams seams);
  ~Cluster();

  size_t machines() const { return machines_.size(); }
  Disk& DiskOf(size_t machine) { return machines_[machine].disk; }
  /// From now on.
  void SetSkew(size_t machine, absl::Duration skew) {
    machines_[machine].skew = skew;
  }
  OldAnswers& old_answers() { return old_answers_; }
  DeadlyRecords& deadly_records() { return deadly_records_; }

  /// One step of the shard's owner; if it has none, one is made first. True:
  /// something was done, so that it is not at rest.
  bool Step(Shard shard);

  /// A new process takes the shard over, on a machine that has no process of
  /// the shard, and plans to die at a call (0: it does not). The owner before
  /// sleeps.
  void TakeOver(Shard shard, size_t machine, uint64_t death_call = 0,
                Process::Death death = Process::Death::kAfterCall);

  /// One step of a process of the shard that slept while it was fenced.
  void Wake(Shard shard);

  /// As kill -9, for the owner and all that sleep.
  void Kill(Shard shard);

  /// The owner dies at that call from now on.
  void PlanDeath(Shard shard, uint64_t call, Process::Death death);
  /// When the owner's next batch is decided and not committed.
  void InterruptNextCommit(Shard shard, std::function<void()> interrupt);
  /// The owner's next checkpoint is not written.
  void FailNextCheckpoint(Shard shard, absl::Status error);

  bool HasOwner(Shard shard) const { return owners_.contains(shard); }
  /// The machine of the shard's owner. REQUIRES: HasOwner.
  size_t MachineOf(Shard shard) const;
  /// The owner's. REQUIRES: HasOwner.
  const State& StateOf(Shard shard) const;

  /// What should not have happened.
  const std::vector<std::string>& failures() const { return failures_; }

  /// A new owner's recovery and first step, for a caller who wants to see the
  /// error: it is no failure.
  absl::Status StepAnew(Shard shard);

 private:
  struct Owner;
  using OwnerPtr = std::shared_ptr<Owner>;

  absl::Status Recover(Owner& owner);
  /// A machine on which no process of the shard is.
  size_t FreeMachineFor(Shard shard) const;
  void NoteFailure(const Owner& owner, const absl::Status& status);

  MemoryLog& log_;
  Clock& clock_;
  const ClusterOptions options_;
  const Seams seams_;
  OldAnswers old_answers_;
  DeadlyRecords deadly_records_;
  std::vector<Machine> machines_;
  std::map<Shard, OwnerPtr> owners_;
  std::map<Shard, std::list<OwnerPtr>> sleepers_;
  std::vector<std::string> failures_;
};

}  // namespace slotlog
