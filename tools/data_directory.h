// What stands where in a directory that --data names.

#pragma once

#include <filesystem>

namespace slotlog {

/// The embedded log.
inline std::filesystem::path LogDirectory(const std::filesystem::path& data) {
  return data / "log";
}

/// The shards' stores: can be deleted, and are folded again.
inline std::filesystem::path StateDirectory(const std::filesystem::path& data) {
  return data / "state";
}

}  // namespace slotlog
