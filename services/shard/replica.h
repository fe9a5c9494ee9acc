// One shard's state on this machine, folded from the shard's events: begun from
// the store's checkpoint, or from nothing, and followed as far as its holder
// wants. Whoever owns the shard decides on it (shard_loop.h); whoever stands by
// follows it, and takes over without a replay.
//
//   auto replica = Replica::Open(...);
//   replica->FoldSome();     // a standby, again and again
//   replica->FoldUpTo(high); // an owner, before it decides anything
//
// The state is always that after a whole committed batch. A store that does not
// fit the log (another log's, ahead of one that lost its tail, another
// history's, damaged) is thrown away, and folded again: from the newest
// snapshot that fits, if the factory knows of any, or from the first event.
//
// Threads: one at a time. Safe to destroy at any moment.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/arena.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "events/log/log.h"
#include "events/store/store.h"
#include "services/reservation/batch.h"
#include "services/shard/cached_state.h"
#include "services/shard/checkpoint.h"

namespace slotlog {

/// Where a shard's store comes from.
struct StoreFactory {
  std::function<absl::StatusOr<std::unique_ptr<Store>>(Shard)> open;
  /// Deletes it: its state is another history's, or damaged.
  std::function<absl::Status(Shard)> destroy;
  /// Puts the newest snapshot in its place; with a name, the newest that was
  /// taken before that one. The name of what stands there now; none: there are
  /// no more.
  std::function<absl::StatusOr<std::optional<std::string>>(
      Shard, const std::optional<std::string>& before)>
      restore = [](Shard, const std::optional<std::string>&) {
        return std::optional<std::string>();
      };
};

struct ShardOptions {
  /// For rows in memory.
  size_t memory_bytes = size_t{256} << 20;
  /// A checkpoint is due after so many events, or so long after a change.
  uint64_t checkpoint_events_max = 2'000'000;
  absl::Duration checkpoint_interval = absl::Seconds(20);
  /// Whether a checkpoint that meets a full disk is tried again until there is
  /// room, or stops the shard, so that others take it over.
  bool survives_full_disk = true;
  /// The wall clock, for `decided_at` and for the checkpoints' interval.
  std::function<absl::Time()> clock;
  Executor executor;
};

/// Adds what was being done to an error of the world.
absl::Status Annotate(const absl::Status& status, std::string_view doing,
                      Shard shard);

class Replica {
 public:
  /// Nothing is folded yet. The log and the factory's stores outlive it.
  static absl::StatusOr<std::unique_ptr<Replica>> Open(
      Log& log, Shard shard, const StoreFactory& stores, ShardOptions options);
  ~Replica();

  /// Folds all that `events` holds before this offset, also what is not
  /// readable for a moment; for an owner, who reads no further.
  /// DEADLINE_EXCEEDED: it does not become readable. DATA_LOSS: the log is
  /// damaged.
  absl::Status FoldUpTo(Offset end);
  /// Folds what is readable now, at most about a hundred batches. True: there
  /// was something.
  absl::StatusOr<bool> FoldSome();
  /// Waits until there may be more to fold, or for so long.
  void AwaitEvents(absl::Duration timeout);

  CachedState& state() { return *state_; }
  const CachedState& state() const { return *state_; }

  /// Makes the state what this batch says, which was committed on it. The
  /// batch's record stands in `events` at or after `offset`, and so near that
  /// what stands between may be read again.
  void Add(Batch& batch, Offset offset);

  /// What a look-up of rows met. DATA_LOSS: the store is damaged, the batch at
  /// hand must be dropped, and Discard throws the store away.
  const absl::Status& CheckStore();
  /// Begins anew, with nothing folded.
  absl::Status Discard();

  absl::Status CheckpointIfDue();
  /// Writes what has changed since the last checkpoint and waits for it.
  absl::Status WriteCheckpoint();

  /// Where it reads on in `events`; nowhere once it is an owner's.
  std::optional<Offset> next_event() const;
  uint64_t checkpoints() const { return checkpoints_; }
  uint64_t events_replayed() const { return events_replayed_; }
  /// The last event that the store holds, or will hold in a moment.
  Sequence sequence_at_checkpoint() const { return sequence_at_checkpoint_; }

 private:
  Replica(Log& log, Shard shard, const StoreFactory& stores,
          ShardOptions options);

  absl::Status OpenState();
  bool RestoreSnapshot();
  std::optional<CheckpointPosition> ReadUsablePosition(Store& store) const;
  void StartFrom(std::unique_ptr<Store> store, Head head, Offset from);
  absl::Status ReadOn();
  absl::Status Replay(Offset high_watermark);
  absl::StatusOr<bool> FoldReadable();
  absl::Status FoldRecord(const Record& record);

  absl::Status BeginCheckpoint();
  absl::Status EndCheckpoint();

  Log& log_;
  const Shard shard_;
  const TopicPartition events_;
  const StoreFactory& stores_;
  const ShardOptions options_;

  std::unique_ptr<Store> store_;
  /// The one that the store was brought from, while nothing was folded on it.
  std::optional<std::string> snapshot_;
  std::unique_ptr<RowLoader> loader_;
  std::unique_ptr<CachedState> state_;
  /// Reads on behind what is folded; null while an owner decides.
  std::unique_ptr<Consumer> events_reader_;
  /// It has met the batch that the state stands at.
  bool stands_in_log_ = false;

  /// The record folded last stands in `events` at or after this; -1: none.
  Offset last_batch_offset_{-1};
  std::shared_ptr<Checkpoint> checkpoint_;
  bool is_checkpoint_pending_ = false;
  Sequence sequence_at_checkpoint_;
  uint64_t batch_at_checkpoint_ = 0;
  absl::Time checkpoint_at_;
  /// Why the store, or the state, cannot be used any more.
  absl::Status damage_;

  google::protobuf::Arena arena_;
  uint64_t checkpoints_ = 0;
  uint64_t events_replayed_ = 0;
};

}  // namespace slotlog
