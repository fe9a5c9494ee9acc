// Snapshots of shards' stores, in a folder that outlives a worker's own disk:
// whoever has lost a store begins at the newest one, and not at the first
// event.
//
//   FOLDER/<the log's id>/shard-3/20261124T041500Z-1234567/
//
// is a store as it was at event 1234567 of shard 3, and taken then. Several
// workers may share a folder. What it holds is never believed: a snapshot is
// opened, and compared with the log, as any store is.
//
// Threads: any. What is taken is brought to the folder on a thread of its own;
// the destructor waits for that.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "events/ids.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "events/store/store.h"
#include "services/shard/background_thread.h"

namespace slotlog {

struct SnapshotOptions {
  std::filesystem::path folder;
  std::string log_id;
  /// Between two of one shard, also across the openings of its store.
  absl::Duration interval;
  /// The wall clock.
  std::function<absl::Time()> clock;
};

class Snapshots {
 public:
  /// So many of each shard are kept, those that were taken last.
  static constexpr size_t kKept = 2;

  explicit Snapshots(SnapshotOptions options);

  /// The same store, which stands in `directory`. After a checkpoint a snapshot
  /// is taken whenever one is due, and none of this shard is on its way: beside
  /// the store (hard links, which take no time), and then brought to the
  /// folder. One that cannot be taken is told in the log. This outlives the
  /// store.
  std::unique_ptr<Store> Taking(Shard shard,
                                std::unique_ptr<RocksDbStore> store,
                                const std::filesystem::path& directory);

  /// Makes `directory`, which must not exist, a copy of the shard's newest
  /// snapshot; with a name, of the newest that was taken before that one.
  /// Blocks until it is copied. What cannot be copied is told in the log and
  /// passed by. The name of what was copied; none: there are no more.
  /// UNAVAILABLE: nobody knows what there is.
  absl::StatusOr<std::optional<std::string>> Restore(
      Shard shard, const std::optional<std::string>& before,
      const std::filesystem::path& directory) const;

 private:
  class TakingStore;

  std::filesystem::path FolderOf(Shard shard) const;
  absl::Status Bring(Shard shard, const std::filesystem::path& taken,
                     const std::string& name) const;

  const SnapshotOptions options_;
  BackgroundThread thread_;
};

}  // namespace slotlog
