// A file system for RocksDB that can lose power. It stands on the machine's,
// remembers what was never synced (bytes of files, entries of folders), and
// loses it when a test says so; and it lets the nth operation go wrong.
//
//   FaultFileSystem files;
//   auto store = RocksDbStore::Open(directory, {.env = files.Env()});
//   files.Arm({FaultFileSystem::Fault::kPowerCut, /*at=*/7});
//   ...                            // errors from the 7th operation on
//   store->reset();
//   files.Restart(FaultFileSystem::Unsynced::kLost);
//
// An operation is whatever changes files: write, sync, create, rename, link,
// delete, sync of a folder. RocksDB's text log is not counted. Syncs are only
// noted down, never passed on, so a test does not wait for the disk.
//
// Thread-safe, except Restart: no store is open then. It outlives the stores
// that use it.

#pragma once

#include <memory>

namespace rocksdb {
class Env;
}

namespace slotlog {

class FaultFileSystem {
 public:
  enum class Fault {
    kNone,
    /// The operation fails, a write after half of its bytes. Syncs do not
    /// count.
    kFails,
    /// The sync fails; only syncs count.
    kSyncFails,
    /// From this operation on, what needs space fails.
    kNoSpace,
    /// From this operation on, all fail.
    kPowerCut,
  };
  struct Plan {
    Fault fault = Fault::kNone;
    /// Counted from 1, from Arm on.
    int at = 0;
  };

  /// What becomes of what was not synced.
  enum class Unsynced {
    /// The process died, the machine did not.
    kKept,
    /// Of each file's unsynced end half was written; entries were too.
    kTorn,
    kLost,
  };

  FaultFileSystem();
  ~FaultFileSystem();

  rocksdb::Env* Env() const;

  void Arm(Plan plan);
  /// Whether the plan's operation has come.
  bool HasStruck() const;

  /// The machine is there again; nothing is planned.
  void Restart(Unsynced unsynced);

 private:
  class Files;

  std::shared_ptr<Files> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace slotlog
