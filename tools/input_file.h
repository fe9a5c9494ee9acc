// A small file that a user names and that is read as a whole. Any thread.

#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>

namespace slotlog {

inline constexpr size_t kInputFileBytesMax = 1 << 20;

/// The bytes of the file at `path`. An error names the path and the reason: it
/// is not there, may not be read, is a directory or is larger than
/// kInputFileBytesMax.
absl::StatusOr<std::string> ReadInputFile(const std::string& path);

}  // namespace slotlog
