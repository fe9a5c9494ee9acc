#include "events/log/embedded/embedded_consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "events/invariant.h"

namespace slotlog {
namespace {

/// A few, so that partitions read in turns do not push each other out.
constexpr WindowOptions kConsumerWindows{.bytes = 64 * 1024, .count = 8};

absl::Status Unreadable(const FrameSection& section) {
  return absl::InternalError(fmt::format(
      "the records of {} from offset {} have the right checksum and the wrong "
      "lengths: whoever wrote them was wrong",
      DebugString(section.head.partition), section.head.base_offset.value));
}

}  // namespace

EmbeddedConsumer::EmbeddedConsumer(const JournalFile& journal,
                                   JournalIndex& index,
                                   absl::Span<const slotlog::Position> from)
    : index_(index), reader_(journal, kConsumerWindows) {
  for (const slotlog::Position& at : from) {
    cursors_[at.partition].next = at.offset;
  }
}

absl::StatusOr<RecordBatch> EmbeddedConsumer::Fetch(TopicPartition partition,
                                                    size_t records_max,
                                                    size_t bytes_max) {
  const auto found = cursors_.find(partition);
  if (found == cursors_.end()) {
    return absl::InvalidArgumentError(fmt::format(
        "this consumer was not opened for {}", DebugString(partition)));
  }
  Cursor& cursor = found->second;
  RecordBatch batch;
  size_t bytes = 0;
  while (batch.records.size() < records_max) {
    absl::StatusOr<std::optional<FrameRecord>> record = Next(partition, cursor);
    // What was read before the damage is given first.
    if (!record.ok() && batch.records.empty()) return record.status();
    if (!record.ok() || !record->has_value()) break;
    const FrameRecord& read = **record;
    bytes += read.key.size() + read.value.size();
    if (bytes > bytes_max && !batch.records.empty()) break;

    if (batch.owners.empty() || batch.owners.back() != cursor.section.owner) {
      batch.owners.push_back(cursor.section.owner);
    }
    batch.records.push_back({.offset = cursor.next,
                             .timestamp = cursor.section.head.append_time,
                             .key = read.key,
                             .value = read.value,
                             .traceparent = read.traceparent});
    ++cursor.next;
    cursor.unread.remove_prefix(read.bytes);
    // A used-up section is not kept in memory by whoever has read it.
    if (cursor.unread.empty()) cursor.section.owner.reset();
  }
  return batch;
}

absl::StatusOr<std::optional<FrameRecord>> EmbeddedConsumer::Next(
    TopicPartition partition, Cursor& cursor) {
  if (cursor.unread.empty()) {
    absl::StatusOr<bool> found = FindSection(partition, cursor);
    if (!found.ok()) return found.status();
    if (!*found) return std::nullopt;
  }
  const std::optional<FrameRecord> record = ParseRecord(cursor.unread);
  if (!record.has_value()) return Unreadable(cursor.section);
  return record;
}

absl::StatusOr<bool> EmbeddedConsumer::FindSection(TopicPartition partition,
                                                   Cursor& cursor) {
  std::optional<JournalIndex::Place> place =
      index_.Find(partition, cursor.next);
  if (!place.has_value()) return false;
  if (place->in_tail.has_value()) {
    cursor.section = *std::move(place->in_tail);
  } else {
    reader_.SetLength(place->journal_length);
    absl::StatusOr<JournalReader::Found> found =
        reader_.FindSection(partition, cursor.next,
                            std::max(place->position, cursor.next_position));
    if (!found.ok()) return found.status();
    cursor.section = std::move(found->section);
    cursor.next_position = found->next_position;
  }
  std::string_view unread = cursor.section.records;
  for (Offset at = cursor.section.head.base_offset; at < cursor.next; ++at) {
    const std::optional<FrameRecord> record = ParseRecord(unread);
    if (!record.has_value()) return Unreadable(cursor.section);
    unread.remove_prefix(record->bytes);
  }
  cursor.unread = unread;
  return true;
}

Offset EmbeddedConsumer::Position(TopicPartition partition) const {
  const auto found = cursors_.find(partition);
  INVARIANT(found != cursors_.end(), "not a partition of this consumer");
  return found->second.next;
}

void EmbeddedConsumer::AwaitRecords(absl::Duration timeout) {
  std::vector<slotlog::Position> offsets;
  offsets.reserve(cursors_.size());
  for (const auto& [partition, cursor] : cursors_) {
    offsets.push_back({partition, cursor.next});
  }
  index_.AwaitBeyond(offsets, timeout);
}

}  // namespace slotlog
