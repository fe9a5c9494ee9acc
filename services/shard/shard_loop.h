// The loop around the pure core, for one shard: recover, then again and again
// gather a batch, decide it, commit it as one transaction, make the state what
// it says, and now and then write a checkpoint.
//
//   auto shard = ShardLoop::Recover(...);
//   while (...) shard->Step();
//   shard->Close();
//
// Exactly once rests on four things, and on their order: the producer is opened
// first (which fences whoever owned the shard before), the events are folded up
// to the high watermark seen after that, the inputs are read from the positions
// in the folded state, and the state changes only by folding what was
// committed.
//
// Threads: a ShardLoop belongs to one thread at a time. Safe to destroy at any
// moment: what was not committed never was.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/arena.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "events/log/log.h"
#include "services/reservation/answer_counts.h"
#include "services/reservation/batch.h"
#include "services/shard/input_reader.h"
#include "services/shard/replica.h"

namespace slotlog {

/// A batch that was decided and is durable.
struct BatchFigures {
  static constexpr std::array<double, 12> kTookBounds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

  AnswerCounts answers;
  /// From its first input at hand until its transaction was committed.
  absl::Duration took;
};

/// What has been done since Recover.
struct ShardCounts {
  uint64_t batches = 0;
  uint64_t inputs = 0;
  uint64_t events = 0;
  uint64_t checkpoints = 0;
  uint64_t events_replayed = 0;
};

class ShardLoop {
 public:
  enum class StepOutcome {
    /// A batch was decided and is durable.
    kDecided,
    /// Nothing was there to decide.
    kIdle,
    /// The transaction was refused and nothing is lost: the same again later.
    kRefused,
    /// The shard has another owner, or nobody knows what became of the
    /// transaction, or its store was damaged and is thrown away: destroy this
    /// loop and Recover anew.
    kLost,
  };

  /// Makes ready what Recover can have before the shard is this one's.
  static absl::Status Prepare(Log& log, Shard shard);

  /// Takes the shard over. The log and the factory's stores outlive the loop.
  static absl::StatusOr<std::unique_ptr<ShardLoop>> Recover(
      Log& log, Shard shard, const StoreFactory& stores, ShardOptions options);
  /// The same with the replica that the caller followed the shard with, if it
  /// is not null; it stays the caller's where this fails. CANCELLED: `stop` was
  /// requested before the shard's former owner was fenced.
  static absl::StatusOr<std::unique_ptr<ShardLoop>> Recover(
      Log& log, Shard shard, const StoreFactory& stores, ShardOptions options,
      std::unique_ptr<Replica>& replica, std::stop_token stop);

  /// Decides what is there now, as one transaction. An error stops the shard
  /// for good: the log is damaged. RESOURCE_EXHAUSTED: the disk is full, and a
  /// recovery may succeed later.
  absl::StatusOr<StepOutcome> Step();

  void AwaitInputs(absl::Duration timeout) { inputs_->AwaitInputs(timeout); }

  /// Writes what has changed since the last checkpoint and waits for it.
  absl::Status Close() { return replica_->WriteCheckpoint(); }

  /// Gives the shard up and keeps its state. The loop is of no use afterwards.
  std::unique_ptr<Replica> Release() { return std::move(replica_); }

  const State& state() const { return replica_->state(); }
  const Replica& replica() const { return *replica_; }
  Epoch epoch() const { return epoch_; }
  ShardCounts counts() const;
  /// REQUIRES: the last Step was kDecided.
  const BatchFigures& last_batch() const { return last_batch_; }
  /// Why the last transaction was refused.
  const absl::Status& refusal() const { return refusal_; }

 private:
  ShardLoop(Log& log, Shard shard, ShardOptions options);

  absl::StatusOr<StepOutcome> DecideBatch();
  absl::StatusOr<StepOutcome> TickIfDue();
  absl::StatusOr<StepOutcome> Commit(Batch& batch,
                                     absl::Span<const Input> decided);
  absl::Status AskForEndOfEvents();
  absl::Time DecisionTime() const;

  Log& log_;
  const Shard shard_;
  const TopicPartition events_;
  const ShardOptions options_;

  std::unique_ptr<TransactionalProducer> producer_;
  std::unique_ptr<Replica> replica_;
  std::optional<InputReader> inputs_;
  Epoch epoch_;

  absl::Time tick_at_ = absl::InfinitePast();
  /// What is committed from now on stands in `events` at or after this.
  Offset end_of_events_;
  absl::Time ask_for_end_at_ = absl::InfinitePast();

  std::unique_ptr<char[]> arena_block_;
  google::protobuf::Arena arena_;
  ShardCounts counts_;
  BatchFigures last_batch_;
  absl::Status refusal_;
};

}  // namespace slotlog
