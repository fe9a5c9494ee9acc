// Where a command's --json goes: a file, or standard output. It is opened
// before the work begins, so that a wrong path is told then and not after an
// hour. One thread.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace slotlog {

class OutputFile {
 public:
  /// "-" is standard output. What stands in the file stays until Write. An
  /// error names the path and the reason.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Open(std::string path);
  /// A file that was made and never written is removed again.
  ~OutputFile();

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool IsStandardOutput() const { return path_ == "-"; }
  /// Replaces what stands in the file. Once.
  absl::Status Write(std::string_view text);

 private:
  OutputFile(std::string path, int descriptor, bool is_new)
      : path_(std::move(path)), descriptor_(descriptor), is_new_(is_new) {}

  const std::string path_;
  int descriptor_;
  const bool is_new_;
  bool is_written_ = false;
};

/// An error gives the reason: a full disk, say.
absl::Status WriteToStandardOutput(std::string_view text);

}  // namespace slotlog
