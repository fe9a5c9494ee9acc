#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "events/log/embedded/file_system.h"

namespace slotlog {
namespace {

absl::Status ErrnoStatus(int number, std::string_view what,
                         const std::filesystem::path& path) {
  return absl::ErrnoToStatus(number, fmt::format("{} {}", what, path.string()));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  const int number_;
};

/// Drops the first `count` bytes of what is to be written.
void Advance(absl::Span<iovec>& vectors, size_t count) {
  while (!vectors.empty() && count >= vectors.front().iov_len) {
    count -= vectors.front().iov_len;
    vectors.remove_prefix(1);
  }
  if (count == 0) return;
  vectors.front().iov_base =
      static_cast<char*>(vectors.front().iov_base) + count;
  vectors.front().iov_len -= count;
}

class PosixFile : public File {
 public:
  PosixFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  bool ok() const { return descriptor_.ok(); }

  absl::StatusOr<size_t> ReadAt(uint64_t position,
                                absl::Span<char> into) const override {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t count =
          ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                  static_cast<off_t>(position + done));
      if (count == 0) break;
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return ErrnoStatus(errno, "cannot read", path_);
      done += static_cast<size_t>(count);
    }
    return done;
  }

  absl::Status WriteAt(uint64_t position,
                       absl::Span<const std::string_view> pieces) override {
    std::vector<iovec> all;
    all.reserve(pieces.size());
    for (std::string_view piece : pieces) {
      all.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    absl::Span<iovec> left = absl::MakeSpan(all);
    while (!left.empty()) {
      const int vectors =
          static_cast<int>(std::min<size_t>(left.size(), IOV_MAX));
      const ssize_t count = ::pwritev(descriptor_.number(), left.data(),
                                      vectors, static_cast<off_t>(position));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return ErrnoStatus(errno, "cannot write", path_);
      position += static_cast<uint64_t>(count);
      Advance(left, static_cast<size_t>(count));
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t length) override {
    if (::ftruncate(descriptor_.number(), static_cast<off_t>(length)) == 0) {
      return absl::OkStatus();
    }
    return ErrnoStatus(errno, "cannot truncate", path_);
  }

  absl::Status Sync() override {
    if (::fdatasync(descriptor_.number()) == 0) return absl::OkStatus();
    return ErrnoStatus(errno, "cannot fdatasync", path_);
  }

  absl::StatusOr<uint64_t> Length() const override {
    struct stat status;
    if (::fstat(descriptor_.number(), &status) != 0) {
      return ErrnoStatus(errno, "cannot stat", path_);
    }
    return static_cast<uint64_t>(status.st_size);
  }

 private:
  const std::filesystem::path path_;
  const Descriptor descriptor_;
};

class PosixFileLock : public FileLock {
 public:
  explicit PosixFileLock(int descriptor) : descriptor_(descriptor) {}
  int number() const { return descriptor_.number(); }
  bool ok() const { return descriptor_.ok(); }

 private:
  const Descriptor descriptor_;
};

int OpenFlags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY | O_CLOEXEC;
    case OpenMode::kReadWrite:
      return O_RDWR | O_CLOEXEC;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
  }
  return 0;
}

constexpr mode_t kPermissions = 0644;

class PosixFileSystemImpl : public FileSystem {
 public:
  absl::StatusOr<bool> Exists(const std::filesystem::path& path) override {
    std::error_code error;
    const bool exists = std::filesystem::exists(path, error);
    if (error) return ErrnoStatus(error.value(), "cannot look for", path);
    return exists;
  }

  absl::StatusOr<std::unique_ptr<File>> Open(const std::filesystem::path& path,
                                             OpenMode mode) override {
    auto file = std::make_unique<PosixFile>(
        path, ::open(path.c_str(), OpenFlags(mode), kPermissions));
    if (!file->ok()) return ErrnoStatus(errno, "cannot open", path);
    return file;
  }

  absl::Status Rename(const std::filesystem::path& from,
                      const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
    return ErrnoStatus(errno, "cannot rename", from);
  }

  absl::Status CreateDirectories(const std::filesystem::path& path) override {
    const std::filesystem::path parent =
        std::filesystem::absolute(path / "").parent_path().parent_path();
    std::error_code error;
    if (!std::filesystem::exists(parent, error)) {
      absl::Status made = CreateDirectories(parent);
      if (!made.ok()) return made;
    }
    std::filesystem::create_directory(path, error);
    if (error) return ErrnoStatus(error.value(), "cannot create", path);
    // Also if it was there: whoever made it may have been killed before this.
    return SyncDirectory(parent);
  }

  absl::Status SyncDirectory(const std::filesystem::path& path) override {
    const Descriptor directory(
        ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.ok()) return ErrnoStatus(errno, "cannot open", path);
    if (::fsync(directory.number()) == 0) return absl::OkStatus();
    return ErrnoStatus(errno, "cannot fsync", path);
  }

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::filesystem::path& path, LockKind kind) override {
    const bool exclusive = kind == LockKind::kExclusive;
    auto lock = std::make_unique<PosixFileLock>(
        ::open(path.c_str(),
               exclusive ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC,
               kPermissions));
    if (!lock->ok()) return ErrnoStatus(errno, "cannot open", path);
    const int operation = (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
    if (::flock(lock->number(), operation) == 0) return lock;
    if (errno == EWOULDBLOCK) {
      return absl::FailedPreconditionError(
          fmt::format("{} is locked", path.string()));
    }
    return ErrnoStatus(errno, "cannot lock", path);
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  static PosixFileSystemImpl file_system;
  return file_system;
}

}  // namespace slotlog
