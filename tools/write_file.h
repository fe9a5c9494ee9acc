// Where a command's --json goes: a file, or standard output. Thread-safe.

#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace slotlog {

/// Replaces the file at `path` by the text; "-" is standard output. An error
/// names the path and the reason.
absl::Status WriteFile(const std::string& path, std::string_view text);

}  // namespace slotlog
