// The embedded log's Consumer: records written lately come from memory without
// copying, older ones from the file. Each partition keeps its place, so that
// reading on never starts anew.
//
// Threads: one at a time. The journal and its index must outlive it.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <map>
#include <optional>
#include <string_view>

#include "events/ids.h"
#include "events/log/embedded/frame.h"
#include "events/log/embedded/journal_index.h"
#include "events/log/embedded/journal_reader.h"
#include "events/log/log.h"

namespace slotlog {

class EmbeddedConsumer : public Consumer {
 public:
  /// REQUIRES: every position is within its partition's watermarks.
  EmbeddedConsumer(const JournalFile& journal, JournalIndex& index,
                   absl::Span<const slotlog::Position> from);

  absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                    size_t records_max,
                                    size_t bytes_max) override;
  slotlog::Offset Position(TopicPartition partition) const override;
  void AwaitRecords(absl::Duration timeout) override;

 private:
  /// A partition's place.
  struct Cursor {
    Offset next;
    /// What is left of the section that holds `next`; empty: it is to be found.
    std::string_view unread;
    FrameSection section;
    /// The next section of the file stands in this frame or a later one.
    uint64_t next_position = 0;
  };

  /// The cursor's next record; none: there is none yet.
  absl::StatusOr<std::optional<FrameRecord>> Next(TopicPartition partition,
                                                  Cursor& cursor);
  /// Finds the section that holds the cursor's next record; false: there is
  /// none yet.
  absl::StatusOr<bool> FindSection(TopicPartition partition, Cursor& cursor);

  JournalIndex& index_;
  JournalReader reader_;
  std::map<TopicPartition, Cursor> cursors_;
};

}  // namespace slotlog
