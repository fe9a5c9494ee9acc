#include "tools/data_directory.h"

#include <fmt/format.h>

#include <system_error>

namespace slotlog {

absl::Status CheckJournalIsNotLost(const std::filesystem::path& data) {
  // What cannot be looked at is told by whoever opens it.
  std::error_code ignored;
  if (!std::filesystem::exists(StateDirectory(data), ignored) ||
      std::filesystem::exists(JournalFile(data), ignored)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(fmt::format(
      "{} is missing, and {} was folded from it: bring it back, or delete {} "
      "to begin anew",
      JournalFile(data).string(), StateDirectory(data).string(),
      data.string()));
}

}  // namespace slotlog
