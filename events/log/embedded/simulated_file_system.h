// A file system in memory that can lose power, run out of space, fail and rot,
// for tests. It knows, for every file, what is durable and what is only
// written. A power cut leaves, of what is only written, a random choice of
// sectors (in any order) and a random length; of what was done to directories
// since they were synced, a random number of first steps.
//
// A test cannot stop the threads of the log at the moment of the cut. So they
// go on, and what they do is forgotten at Restart: whatever is acknowledged
// after PowerIsOff must not be counted. Reopen files after Restart.
//
// Threads: safe from many at once.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "events/log/embedded/file_system.h"

namespace slotlog {

class SimulatedFileSystem : public FileSystem {
 public:
  explicit SimulatedFileSystem(size_t sector_bytes = 512)
      : sector_bytes_(sector_bytes) {}

  absl::StatusOr<bool> Exists(const std::filesystem::path& path) override;
  absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path,
                                             OpenMode mode) override;
  absl::Status Rename(const std::filesystem::path& from,
                      const std::filesystem::path& to) override;
  absl::Status CreateDirectories(const std::filesystem::path& path) override;
  absl::Status SyncDirectory(const std::filesystem::path& path) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::filesystem::path& path, LockKind kind) override;

  enum class Cut {
    /// The machine loses power: what is not durable survives by chance.
    kPower,
    /// The process is killed: whatever was written survives, not yet durable.
    kProcess,
  };
  /// Cuts at the nth write, truncation, sync or renaming from now; 1 is the
  /// next one.
  void CutAtOperation(int nth, Cut cut, uint64_t seed);
  void CutNow(Cut cut, uint64_t seed);
  bool PowerIsOff() const;
  /// Afterwards what survived is what there is. REQUIRES: PowerIsOff.
  void Restart();

  /// Files may grow by so many bytes together; a write beyond that is partly
  /// done and fails.
  void SetSpaceLeft(uint64_t bytes);
  /// The nth sync of a file from now fails; 1 is the next one.
  void FailSync(int nth);
  /// Syncs of files wait until this is called with false.
  void HoldSyncs(bool hold);
  /// Waits until so many syncs of files have begun since the beginning.
  void AwaitSyncs(int count);
  int Syncs() const;

  /// How many bytes were read since the beginning.
  uint64_t BytesRead() const;
  std::string Contents(const std::filesystem::path& path) const;
  /// Puts a file there, durably.
  void SetContents(const std::filesystem::path& path,
                   const std::string& contents);
  void FlipBit(const std::filesystem::path& path, uint64_t position);

 private:
  friend class SimulatedFile;
  friend class SimulatedLock;

  struct Node {
    Node() = default;
    explicit Node(const std::string& contents)
        : durable(contents), written(contents), same_length(contents.size()) {}

    std::string durable;
    std::string written;
    /// Up to here both are the same.
    uint64_t same_length = 0;
    /// What was written before it was truncated, which a power cut may bring
    /// back.
    std::optional<std::string> truncated;
  };
  using Directory = std::map<std::string, std::shared_ptr<Node>>;

  // REQUIRES for all below: mutex_ is held.
  void CountOperation();
  void DoCut(Cut cut, uint64_t seed);
  std::string Survivor(const Node& node, std::mt19937_64& random) const;
  void ChangeDirectory(std::function<void(Directory&)> step);

  const size_t sector_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Directory files_;
  Directory durable_files_;
  /// What was done to `files_` and not yet to `durable_files_`.
  std::vector<std::function<void(Directory&)>> unsynced_steps_;
  std::map<std::string, int> shared_locks_;
  std::map<std::string, int> exclusive_locks_;

  uint64_t space_left_ = std::numeric_limits<uint64_t>::max();
  int operations_until_cut_ = 0;
  Cut cut_ = Cut::kPower;
  uint64_t cut_seed_ = 0;
  /// What survived, once the power is off, and what of it is durable.
  struct Survivors {
    Directory files;
    Directory durable_files;
  };
  std::optional<Survivors> survivors_;
  int syncs_until_failure_ = 0;
  int syncs_ = 0;
  bool hold_syncs_ = false;
  uint64_t bytes_read_ = 0;
};

}  // namespace slotlog
