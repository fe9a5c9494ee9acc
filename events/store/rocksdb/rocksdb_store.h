// The store on disk: one RocksDB a shard. A checkpoint is one sorted file that
// is written beside the database and then taken in by reference, so that a
// batch of rows costs one sequential write and no write-ahead log (the events
// are that), and rows and position come together by one record of RocksDB's
// manifest. When WriteCheckpoint returns OK, it outlives a power cut.
//
//   auto memory = NewRocksDbMemory(512 << 20);
//   auto store = RocksDbStore::Open(directory, {.memory = memory});
//   if (absl::IsDataLoss(store.status())) // Destroy, open, fold again.
//
// Threads: as store.h says; SnapshotTo and Scan may run beside everything. A
// WriteCheckpoint waits while compaction is too far behind.
//
// Ownership: a directory belongs to one RocksDbStore at a time, in all
// processes. Nothing outside this package knows RocksDB's headers.

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/store/store.h"

namespace rocksdb {
class Cache;
class Env;
}  // namespace rocksdb

namespace slotlog {

/// What the stores of a process keep in memory, all of them together: blocks of
/// rows and, before those, the filters and indexes that find them.
using RocksDbMemory = std::shared_ptr<rocksdb::Cache>;
RocksDbMemory NewRocksDbMemory(size_t bytes_max);

struct RocksDbOptions {
  /// Opens what is there and changes nothing; WriteCheckpoint fails. NOT_FOUND:
  /// nothing is there, or whoever was making it died.
  bool read_only = false;
  /// None: a small one of the store's own.
  RocksDbMemory memory = nullptr;
  /// The file system, for tests; it outlives the store. None: the machine's.
  rocksdb::Env* env = nullptr;
  /// RocksDB's options by name, laid over ours: "block_size=...;...". For
  /// experiments (//tests/bench:store_bench); production needs none.
  std::string tuning = "";
};

class RocksDbStore : public Store {
 public:
  /// Opens the store in `directory`, or makes a new one there; the folder above
  /// it exists. UNAVAILABLE: it is open already, here or in another process, or
  /// cannot be read. DATA_LOSS: it is damaged. FAILED_PRECONDITION: another
  /// version of this program wrote it in another format. The last two end by
  /// Destroy and folding again.
  static absl::StatusOr<std::unique_ptr<RocksDbStore>> Open(
      const std::filesystem::path& directory, const RocksDbOptions& options);

  /// Removes the store in `directory`, damaged or not; files that are not the
  /// store's are left. OK where there is none; UNAVAILABLE: it is open.
  static absl::Status Destroy(const std::filesystem::path& directory);

  ~RocksDbStore() override;

  absl::StatusOr<std::optional<std::string>> ReadPosition() const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const override;
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;

  /// RESOURCE_EXHAUSTED: the disk is full. After an error in RocksDB's own
  /// files all later checkpoints fail too, until the store is opened anew.
  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override;

  /// Makes `directory`, which must not exist, a store that stands at the last
  /// checkpoint. On the same file system it shares the files: quick and small.
  absl::Status SnapshotTo(const std::filesystem::path& directory) const;

 private:
  struct Database;
  explicit RocksDbStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace slotlog
