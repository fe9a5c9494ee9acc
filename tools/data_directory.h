// What stands where in a directory that --data names.

#pragma once

#include <absl/status/status.h>

#include <filesystem>

namespace slotlog {

/// The embedded log.
inline std::filesystem::path LogDirectory(const std::filesystem::path& data) {
  return data / "log";
}

/// The file in it that holds all records.
inline std::filesystem::path JournalFile(const std::filesystem::path& data) {
  return LogDirectory(data) / "journal";
}

/// The shards' stores: can be deleted, and are folded again.
inline std::filesystem::path StateDirectory(const std::filesystem::path& data) {
  return data / "state";
}

/// FAILED_PRECONDITION: there is a state, but the journal that it was folded
/// from is gone. A log made anew in its place would hide that.
absl::Status CheckJournalIsNotLost(const std::filesystem::path& data);

}  // namespace slotlog
