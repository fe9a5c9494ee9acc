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

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "events/log/log.h"
#include "events/store/store.h"
#include "services/reservation/batch.h"
#include "services/shard/cached_state.h"
#include "services/shard/checkpoint.h"
#include "services/shard/input_reader.h"

namespace slotlog {

/// Where a shard's store comes from.
struct StoreFactory {
  std::function<absl::StatusOr<std::unique_ptr<Store>>(Shard)> open;
  /// Deletes it: its state is another history's, or damaged.
  std::function<absl::Status(Shard)> destroy;
};

struct ShardOptions {
  /// For rows in memory.
  size_t memory_bytes = size_t{256} << 20;
  /// A checkpoint is due after so many events, or so long after a change.
  uint64_t checkpoint_events_max = 2'000'000;
  absl::Duration checkpoint_interval = absl::Seconds(20);
  /// The wall clock, for `decided_at` and for the checkpoints' interval.
  std::function<absl::Time()> clock;
  Executor executor;
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

  /// Takes the shard over. The log and the factory's stores outlive the loop.
  static absl::StatusOr<std::unique_ptr<ShardLoop>> Recover(
      Log& log, Shard shard, const StoreFactory& stores, ShardOptions options);
  ~ShardLoop();

  /// Decides what is there now, as one transaction. An error stops the shard
  /// for good: the log is damaged. RESOURCE_EXHAUSTED: the disk is full, and a
  /// recovery may succeed later.
  absl::StatusOr<StepOutcome> Step();

  void AwaitInputs(absl::Duration timeout) { inputs_->AwaitInputs(timeout); }

  /// Writes what has changed since the last checkpoint and waits for it.
  absl::Status Close();

  const State& state() const { return *state_; }
  const ShardCounts& counts() const { return counts_; }
  /// Why the last transaction was refused.
  const absl::Status& refusal() const { return refusal_; }

 private:
  ShardLoop(Log& log, Shard shard, const StoreFactory& stores,
            ShardOptions options);

  absl::Status OpenState();
  absl::Status OpenNewState();
  absl::Status DiscardStore(const absl::Status& why);
  absl::StatusOr<std::optional<CheckpointPosition>> ReadUsablePosition(
      Store& store) const;
  void StartFrom(std::unique_ptr<Store> store, Head head, Offset from);
  absl::Status Replay(Offset high_watermark);
  absl::Status FoldRecord(const Record& record);

  absl::StatusOr<StepOutcome> DecideBatch();
  absl::StatusOr<StepOutcome> TickIfDue();
  absl::StatusOr<StepOutcome> Commit(Batch& batch,
                                     absl::Span<const Input> decided);
  absl::Time DecisionTime() const;

  absl::Status CheckpointIfDue();
  absl::Status BeginCheckpoint();
  absl::Status EndCheckpoint();

  Log& log_;
  const Shard shard_;
  const TopicPartition events_;
  const StoreFactory& stores_;
  const ShardOptions options_;

  std::unique_ptr<TransactionalProducer> producer_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<RowLoader> loader_;
  std::unique_ptr<CachedState> state_;
  std::optional<InputReader> inputs_;
  Epoch epoch_;

  /// The record folded last is the first of `events` at or after this.
  Offset last_batch_offset_{-1};
  std::shared_ptr<Checkpoint> checkpoint_;
  bool is_checkpoint_pending_ = false;
  uint64_t sequence_at_checkpoint_ = 0;
  uint64_t batch_at_checkpoint_ = 0;
  /// Why the store cannot be used any more.
  absl::Status store_damage_;
  absl::Time checkpoint_at_;
  absl::Time tick_at_ = absl::InfinitePast();

  std::unique_ptr<char[]> arena_block_;
  google::protobuf::Arena arena_;
  ShardCounts counts_;
  absl::Status refusal_;
};

}  // namespace slotlog
