#include "services/shard/directory_lock.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace slotlog {
namespace {

constexpr int kAttempts = 20;
constexpr absl::Duration kBetween = absl::Milliseconds(50);

}  // namespace

absl::StatusOr<DirectoryLock> DirectoryLock::Take(
    const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "lock";
  const int descriptor =
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return absl::UnavailableError(
        fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
  }
  DirectoryLock lock(descriptor);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    absl::SleepFor(kBetween);
  }
  return absl::FailedPreconditionError(
      fmt::format("{} is another worker's: each has a directory of its own",
                  directory.string()));
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace slotlog
