#include "tools/directory_log.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdio>
#include <system_error>
#include <utility>

#include "tools/data_directory.h"

namespace slotlog {
namespace {

absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(
    const std::filesystem::path& data, ShardCount shards, bool read_only) {
  EmbeddedLogOptions options;
  options.shards = shards;
  options.read_only = read_only;
  options.clock = [] { return absl::Now(); };
  auto log = EmbeddedLog::Open(LogDirectory(data), std::move(options));
  if (log.ok() && (*log)->Recovery().bytes_cut > 0) {
    fmt::print(stderr, "slotlog: {}\n", (*log)->Recovery().DebugString());
  }
  return log;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenOrMakeLog(
    const std::filesystem::path& data, ShardCount shards) {
  if (auto lost = CheckJournalIsNotLost(data); !lost.ok()) return lost;
  const auto has_journal = HasJournal(data);
  if (!has_journal.ok()) return has_journal.status();
  if (shards.value == 0 && !*has_journal) {
    return absl::NotFoundError(
        fmt::format("there is no log in {}; --shards P makes one, and P is "
                    "for ever",
                    data.string()));
  }
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) {
    return absl::FailedPreconditionError(
        fmt::format("cannot make {}: {}", data.string(), error.message()));
  }
  return Open(data, shards, /*read_only=*/false);
}

absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenLogToRead(
    const std::filesystem::path& data) {
  if (auto lost = CheckJournalIsNotLost(data); !lost.ok()) return lost;
  return Open(data, ShardCount{}, /*read_only=*/true);
}

absl::StatusOr<std::unique_ptr<EmbeddedLog>> FindLogToRead(
    const std::filesystem::path& data) {
  if (auto lost = CheckJournalIsNotLost(data); !lost.ok()) return lost;
  const auto has_journal = HasJournal(data);
  if (!has_journal.ok()) return has_journal.status();
  if (!*has_journal) return nullptr;
  return Open(data, ShardCount{}, /*read_only=*/true);
}

}  // namespace slotlog
