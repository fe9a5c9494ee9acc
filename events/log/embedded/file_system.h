// What the embedded log asks of a file system, and no more: the seam at which
// tests cut the power, fill the disk and flip bits (simulated_file_system.h).
//
// Errors carry the path. RESOURCE_EXHAUSTED: there is no space. NOT_FOUND: no
// such file.
//
// Threads: a FileSystem and File::ReadAt may be used from many threads at once;
// everything else of a File from one thread at a time.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace slotlog {

class File {
 public:
  virtual ~File() = default;

  /// Reads from `position` on; returns how many bytes there were. They are
  /// fewer than asked for only at the file's end.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t position,
                                        absl::Span<char> into) const = 0;

  /// Writes the pieces one after the other from `position` on. On an error
  /// some of the bytes may stand there.
  virtual absl::Status WriteAt(uint64_t position,
                               absl::Span<const std::string_view> pieces) = 0;

  virtual absl::Status Truncate(uint64_t length) = 0;

  /// Returns when contents and length are durable. After an error nobody knows
  /// what is: neither calling again nor reading can tell.
  virtual absl::Status Sync() = 0;

  virtual absl::StatusOr<uint64_t> Length() const = 0;
};

/// Gives the lock back when destroyed; so does the end of the process.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode {
  kRead,
  kReadWrite,
  /// Made if it is missing, emptied if it is there.
  kCreate,
};

enum class LockKind {
  /// Many at once. The lock file must exist.
  kShared,
  /// One, and nobody shared. The lock file is made if it is missing.
  kExclusive,
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<bool> Exists(const std::filesystem::path& path) = 0;
  virtual absl::StatusOr<std::unique_ptr<File>> Open(
      const std::filesystem::path& path, OpenMode mode) = 0;
  /// Durable only after SyncDirectory.
  virtual absl::Status Rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  /// With all its parents, durably. It may be there already.
  virtual absl::Status CreateDirectories(const std::filesystem::path& path) = 0;
  virtual absl::Status SyncDirectory(const std::filesystem::path& path) = 0;
  /// Does not wait. FAILED_PRECONDITION: somebody else has it.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::filesystem::path& path, LockKind kind) = 0;
};

/// The operating system's. Sync is fdatasync, Lock is flock.
FileSystem& PosixFileSystem();

}  // namespace slotlog
