// Runs a log's shards in this process: one thread each, and one that writes
// their checkpoints. What it is of each shard, its owner or a standby, may
// change at any time.
//
// A worker that owns everything (a log in one process) returns from Start when
// every shard has recovered. One that shares the shards with other workers
// starts as a standby, or as nothing, and is told by SetRole which are its own.
// A standby follows the shard's events, so that it can take over without a
// replay. Two owners at once do no harm: the log fences the older one, which
// recovers, if it is still the owner by then.
//
// Threads: Start, Stop and the destructor from one thread; the rest from any.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "services/shard/background_thread.h"
#include "services/shard/directory_lock.h"
#include "services/shard/shard_loop.h"
#include "services/shard/snapshots.h"

namespace slotlog {

/// What a worker is of a shard. One that is paused begins no batch, and goes on
/// at once with all that it has when it is the owner again; if another one
/// owned the shard meanwhile, its next transaction is fenced, and it recovers.
enum class Role { kNone, kStandby, kPaused, kOwner };

struct WorkerOptions {
  /// Holds one store for each shard; made if it is missing. No two workers
  /// share one.
  std::filesystem::path directory;
  /// For all shards together: rows in memory and the stores' caches. What does
  /// not fit lives on disk only.
  size_t memory_bytes = size_t{1} << 30;
  /// The wall clock.
  std::function<absl::Time()> clock;
  /// Of every shard, until it is told otherwise.
  Role role = Role::kOwner;
  /// Where snapshots of the stores are taken, and lost stores brought from;
  /// empty: nowhere.
  std::filesystem::path snapshots = {};
  /// Between two snapshots of a shard.
  absl::Duration snapshot_interval = absl::Minutes(10);
  /// False: a store that meets a full disk stops its shard, and Health says so.
  bool survives_full_disk = true;
};

/// How far a worker is with a shard, a moment ago.
struct ShardProgress {
  Shard shard;
  /// What it is, not what it should be: an owner has recovered.
  Role role = Role::kNone;
  /// Of an owner.
  Epoch epoch = {};
  /// What is folded: its last event, and the inputs decided up to there.
  Sequence sequence = {};
  Offset next_command = {};
  Offset next_operation = {};
  Offset next_message = {};
  /// Of a standby: where it reads on in `events`.
  std::optional<Offset> next_event = {};
  /// Events that would be folded again if it were killed now.
  uint64_t events_to_replay = 0;
};

/// What a worker has decided of a shard since it began.
struct ShardTotals {
  AnswerCounts answers;
  Distribution<BatchFigures::kTookBounds.size()> batches;
};

/// Where a worker keeps a shard's store.
std::filesystem::path StoreDirectory(const std::filesystem::path& directory,
                                     Shard shard);

class ShardThread;

class Worker {
 public:
  /// The log must outlive the worker. FAILED_PRECONDITION: another worker has
  /// the directory.
  static absl::StatusOr<std::unique_ptr<Worker>> Start(Log& log,
                                                       WorkerOptions options);
  ~Worker();

  /// Takes the role on soon: an owner recovers first, whoever was the owner
  /// finishes its batch.
  void SetRole(Shard shard, Role role);

  /// Has these shards paused, and waits until their batches have ended, or for
  /// so long: whoever takes a shard over aborts the batch that it finds open,
  /// and waits for that.
  void Pause(const std::vector<Shard>& shards, absl::Time deadline);

  /// Finishes each shard's batch, writes the checkpoints, ends the threads.
  /// The first error that stopped a shard, if one did.
  absl::Status Stop();

  /// OK while all shards run; otherwise why one stopped.
  absl::Status Health() const;

  std::vector<ShardProgress> Progress() const;
  ShardTotals TotalsOf(Shard shard) const;

 private:
  explicit Worker(WorkerOptions options);

  absl::Status Begin(Log& log);
  absl::StatusOr<std::unique_ptr<Store>> OpenStore(Shard shard);

  const WorkerOptions options_;
  DirectoryLock directory_lock_;
  const RocksDbMemory store_memory_;
  /// None: none are taken. Outlives the stores.
  std::optional<Snapshots> snapshots_;
  StoreFactory stores_;
  ShardOptions shard_options_;
  /// Outlives the shards, whose checkpoints it writes.
  BackgroundThread checkpoints_;
  std::vector<std::unique_ptr<ShardThread>> threads_;
};

}  // namespace slotlog
