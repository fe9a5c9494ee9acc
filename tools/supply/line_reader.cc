#include "tools/supply/line_reader.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace slotlog::supply {
namespace {

/// As some programs begin a file: it belongs to no field.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

absl::StatusOr<std::unique_ptr<LineReader>> LineReader::Open(
    const std::string& path) {
  if (path == "-") {
    return std::unique_ptr<LineReader>(
        new LineReader("standard input", stdin, 0));
  }
  std::FILE* const stream = std::fopen(path.c_str(), "re");
  struct stat status = {};
  if (stream == nullptr || ::fstat(fileno(stream), &status) != 0) {
    return absl::ErrnoToStatus(errno, fmt::format("cannot read {}", path));
  }
  const uint64_t bytes =
      S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : 0;
  std::unique_ptr<LineReader> reader(new LineReader(path, stream, bytes));
  if (S_ISDIR(status.st_mode)) {
    return absl::InvalidArgumentError(
        fmt::format("cannot read {}: it is a directory", path));
  }
  return reader;
}

LineReader::~LineReader() {
  if (stream_ != stdin) std::fclose(stream_);
}

absl::StatusOr<std::optional<Line>> LineReader::Next() {
  Line line{.number = lines_read_ + 1};
  uint64_t bytes = 0;
  int byte = 0;
  while ((byte = getc_unlocked(stream_)) != EOF) {
    ++bytes;
    if (byte == '\n') break;
    if (line.text.size() == kLineBytesMax) {
      line.is_too_long = true;
    } else {
      line.text.push_back(static_cast<char>(byte));
    }
  }
  if (byte == EOF && std::ferror(stream_) != 0) {
    if (errno == EINTR) return absl::CancelledError("a signal came");
    return absl::ErrnoToStatus(errno, fmt::format("cannot read {}", name_));
  }
  if (bytes == 0) return std::nullopt;
  bytes_read_ += bytes;
  ++lines_read_;
  if (line.text.ends_with('\r')) line.text.pop_back();
  if (line.number == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.erase(0, kByteOrderMark.size());
  }
  return line;
}

}  // namespace slotlog::supply
