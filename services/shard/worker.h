// Runs a log's shards in this process: one thread each, and one that writes
// their checkpoints. Start it on a log and a directory, and every shard
// recovers from its checkpoint and the events, then decides until Stop.
//
// Threads: Start, Stop and the destructor from one thread; Health from any.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "services/shard/shard_loop.h"

namespace slotlog {

struct WorkerOptions {
  /// Holds one store for each shard; made if it is missing.
  std::filesystem::path directory;
  /// For all shards together: rows in memory and the stores' caches. What does
  /// not fit lives on disk only.
  size_t memory_bytes = size_t{1} << 30;
  /// The wall clock.
  std::function<absl::Time()> clock;
};

/// Where a worker keeps a shard's store.
std::filesystem::path StoreDirectory(const std::filesystem::path& directory,
                                     Shard shard);

class Worker {
 public:
  /// Returns when every shard has recovered. The log must outlive the worker.
  static absl::StatusOr<std::unique_ptr<Worker>> Start(Log& log,
                                                       WorkerOptions options);
  ~Worker();

  /// Finishes each shard's batch, writes the checkpoints, ends the threads.
  /// The first error that stopped a shard, if one did.
  absl::Status Stop();

  /// OK while all shards run; otherwise why one stopped.
  absl::Status Health() const;

 private:
  class BackgroundThread;
  class ShardThread;

  explicit Worker(WorkerOptions options);

  absl::Status Begin(Log& log);
  absl::StatusOr<std::unique_ptr<Store>> OpenStore(Shard shard) const;

  const WorkerOptions options_;
  const RocksDbMemory store_memory_;
  StoreFactory stores_;
  ShardOptions shard_options_;
  /// Outlives the shards, whose checkpoints it writes.
  std::unique_ptr<BackgroundThread> background_;
  std::vector<std::unique_ptr<ShardThread>> threads_;
};

}  // namespace slotlog
