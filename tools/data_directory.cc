#include "tools/data_directory.h"

#include <fmt/format.h>

#include <system_error>

namespace slotlog {

absl::StatusOr<bool> HasJournal(const std::filesystem::path& data) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(JournalPath(data), error);
  if (!error) return is_there;
  return absl::ErrnoToStatus(
      error.value(),
      fmt::format("cannot look for {}", JournalPath(data).string()));
}

absl::Status CheckJournalIsNotLost(const std::filesystem::path& data) {
  const auto has_journal = HasJournal(data);
  if (!has_journal.ok()) return has_journal.status();
  // A state that cannot be looked at is told by whoever opens it.
  std::error_code ignored;
  if (*has_journal || !std::filesystem::exists(StateDirectory(data), ignored)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(fmt::format(
      "{} is missing, and {} was folded from it: bring it back, or delete {} "
      "to begin anew",
      JournalPath(data).string(), StateDirectory(data).string(),
      data.string()));
}

}  // namespace slotlog
