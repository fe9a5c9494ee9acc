// Makes a journal, and opens one: verifies every frame, tells an honest power
// cut (a torn end that nobody was ever told is durable: cut off) from damage
// (refused), and fills the index.
//
// What cannot be told apart: damage to the very last bytes that were synced,
// before any frame that names them was written, looks like a power cut. The
// writer's marks keep that stretch short (journal_writer.h), and the report
// says what was cut.

#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "events/ids.h"
#include "events/log/embedded/file_system.h"
#include "events/log/embedded/journal_index.h"
#include "events/log/embedded/journal_reader.h"

namespace slotlog {

/// What was found when a journal was opened.
struct RecoveryReport {
  /// Of what is valid.
  uint64_t journal_bytes = 0;
  uint64_t frames = 0;
  /// Behind the valid part: cut off (in a read-only log: passed over).
  uint64_t bytes_cut = 0;
  /// What is wrong with them; "" if there are none.
  std::string cut_reason;

  /// One line for people.
  std::string DebugString() const;
};

struct RecoveredJournal {
  JournalFile journal;
  std::unique_ptr<JournalIndex> index;
  RecoveryReport report;
  /// Nothing stands behind the last mark.
  bool marked = true;
};

/// Makes an empty journal with a random id: in full or not at all. Its name is
/// durable when the directory is synced.
absl::Status CreateJournal(FileSystem& file_system,
                           const std::filesystem::path& path,
                           ShardCount shards);

/// `mode` kReadWrite: afterwards all that the index knows is durable. kRead:
/// nothing is changed. DATA_LOSS: the journal is damaged; the text says where
/// and why it is no power cut.
absl::StatusOr<RecoveredJournal> RecoverJournal(
    FileSystem& file_system, const std::filesystem::path& path, OpenMode mode,
    size_t tail_bytes_max);

}  // namespace slotlog
