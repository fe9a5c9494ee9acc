// A file or standard input, line by line, in bounded memory. One thread.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace slotlog::supply {

/// Of one line, without its end.
inline constexpr size_t kLineBytesMax = size_t{1} << 20;

struct Line {
  /// From 1.
  uint32_t number = 0;
  /// Without line feed and the carriage return before it.
  std::string text = {};
  /// Longer than kLineBytesMax; `text` is its beginning.
  bool is_too_long = false;
};

class LineReader {
 public:
  /// "-" is standard input. An error names the path and the reason.
  static absl::StatusOr<std::unique_ptr<LineReader>> Open(
      const std::string& path);
  ~LineReader();

  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// None: the end. CANCELLED: a signal came while it waited.
  absl::StatusOr<std::optional<Line>> Next();

  /// "slots.csv", "standard input".
  const std::string& name() const { return name_; }
  uint64_t bytes_read() const { return bytes_read_; }
  /// 0: nobody knows.
  uint64_t bytes_total() const { return bytes_total_; }

 private:
  LineReader(std::string name, std::FILE* stream, uint64_t bytes_total)
      : name_(std::move(name)), stream_(stream), bytes_total_(bytes_total) {}

  const std::string name_;
  std::FILE* const stream_;
  const uint64_t bytes_total_;
  uint64_t bytes_read_ = 0;
  uint32_t lines_read_ = 0;
};

}  // namespace slotlog::supply
