// One worker in a directory: the second one is told, and not left to find the
// stores in use.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <utility>

namespace slotlog {

/// Held until it is destroyed, or the process ends in whatever way.
class DirectoryLock {
 public:
  /// Holds nothing.
  DirectoryLock() = default;
  /// FAILED_PRECONDITION: somebody has it, and not only for the moment that a
  /// killed process takes to go. REQUIRES: the directory is there.
  static absl::StatusOr<DirectoryLock> Take(
      const std::filesystem::path& directory);
  DirectoryLock(DirectoryLock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace slotlog
