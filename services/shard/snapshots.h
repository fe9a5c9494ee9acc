// Snapshots of shards' stores, in a folder that outlives a worker's own disk:
// whoever has lost a store begins at the newest one, and not at the first
// event.
//
//   FOLDER/shard-3/00000000000001234567/
//
// is a store as it was at that event of shard 3. Several workers may share a
// folder. What it holds is never believed: a snapshot is opened, and compared
// with the log, as any store is.
//
// Threads: any.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "events/ids.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "events/store/store.h"
#include "services/shard/background_thread.h"

namespace slotlog {

struct SnapshotOptions {
  std::filesystem::path folder;
  /// Between two of one shard.
  absl::Duration interval = absl::Minutes(10);
  /// The wall clock.
  std::function<absl::Time()> clock;
};

class Snapshots {
 public:
  /// So many of each shard are kept, the newest.
  static constexpr size_t kKept = 2;

  explicit Snapshots(SnapshotOptions options);

  /// The same store, of which a snapshot is taken after a checkpoint whenever
  /// one is due: on a thread of its own, while the shard goes on. One that
  /// cannot be taken is told in the log. This outlives the store.
  std::unique_ptr<Store> Taking(Shard shard,
                                std::unique_ptr<RocksDbStore> store);

  /// Makes `directory`, in which no store may be, a copy of the shard's newest
  /// snapshot but `newer`. False: there are no more.
  absl::StatusOr<bool> Restore(Shard shard, size_t newer,
                               const std::filesystem::path& directory) const;

 private:
  class TakingStore;

  absl::Status Take(Shard shard, Sequence at, const RocksDbStore& store) const;

  const SnapshotOptions options_;
  BackgroundThread thread_;
};

}  // namespace slotlog
