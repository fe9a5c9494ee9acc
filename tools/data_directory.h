// What stands where in a directory that --data names.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>

namespace slotlog {

/// The embedded log.
inline std::filesystem::path LogDirectory(const std::filesystem::path& data) {
  return data / "log";
}

/// The file in it that holds all records.
inline std::filesystem::path JournalPath(const std::filesystem::path& data) {
  return LogDirectory(data) / "journal";
}

/// The shards' stores: can be deleted, and are folded again.
inline std::filesystem::path StateDirectory(const std::filesystem::path& data) {
  return data / "state";
}

/// Whether the journal is there. An error: it cannot be looked for, as in a
/// directory that one may not enter.
absl::StatusOr<bool> HasJournal(const std::filesystem::path& data);

/// FAILED_PRECONDITION: there is a state, but the journal that it was folded
/// from is gone. A log made anew in its place would hide that. Or HasJournal's
/// error.
absl::Status CheckJournalIsNotLost(const std::filesystem::path& data);

}  // namespace slotlog
