#include "tools/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace slotlog {
namespace {

constexpr mode_t kPermissions = 0666;
constexpr std::string_view kStandardOutput = "to standard output";

absl::Status CannotWrite(std::string_view path) {
  return absl::ErrnoToStatus(errno, fmt::format("cannot write {}", path));
}

bool WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

/// Of a pipe or a device there is nothing to empty.
bool Empty(int descriptor) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return false;
  return !S_ISREG(status.st_mode) || ::ftruncate(descriptor, 0) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Open(std::string path) {
  bool is_new = false;
  int descriptor = -1;
  if (path == "-") {
    descriptor = ::dup(STDOUT_FILENO);
  } else {
    descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) {
      is_new = true;
      descriptor =
          ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kPermissions);
    }
  }
  if (descriptor < 0) {
    return CannotWrite(path == "-" ? kStandardOutput : path);
  }
  return std::unique_ptr<OutputFile>(
      new OutputFile(std::move(path), descriptor, is_new));
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (is_new_ && !is_written_) ::unlink(path_.c_str());
}

absl::Status OutputFile::Write(std::string_view text) {
  is_written_ = true;
  if (IsStandardOutput()) return WriteToStandardOutput(text);
  // Some file systems tell only then that the disk is full.
  if (Empty(descriptor_) && WriteAll(descriptor_, text) &&
      ::close(std::exchange(descriptor_, -1)) == 0) {
    return absl::OkStatus();
  }
  return CannotWrite(path_);
}

absl::Status WriteToStandardOutput(std::string_view text) {
  // What was printed before comes first.
  if (std::fflush(stdout) == 0 && WriteAll(STDOUT_FILENO, text)) {
    return absl::OkStatus();
  }
  return CannotWrite(kStandardOutput);
}

}  // namespace slotlog
