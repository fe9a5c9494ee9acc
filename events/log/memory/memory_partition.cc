#include "events/log/memory/memory_partition.h"

#include <algorithm>
#include <utility>

#include "events/invariant.h"

namespace slotlog {

Offset MemoryPartition::Append(const NewRecord& record, absl::Time now,
                               TransactionNumber transaction) {
  const Offset offset = High();
  const bool is_open = transaction != kNoTransaction;
  if (is_open) open_.emplace(transaction, offset);
  AppendEntry(is_open ? State::kOpen : State::kCommitted, transaction, now,
              std::make_shared<const Bytes>(
                  Bytes{std::string(record.key), std::string(record.value),
                        std::string(record.traceparent)}));
  return offset;
}

void MemoryPartition::EndTransaction(TransactionNumber transaction,
                                     bool committed, absl::Time now) {
  const auto open = open_.find(transaction);
  if (open == open_.end()) return;
  for (Offset at = open->second; at < High(); ++at) {
    Entry& entry = entries_[at.value - low_.value];
    if (entry.transaction == transaction) {
      entry.state = committed ? State::kCommitted : State::kAborted;
    }
  }
  open_.erase(open);
  AppendEntry(State::kMarker, transaction, now, nullptr);
}

Watermarks MemoryPartition::GetWatermarks() const {
  return {.low = low_,
          .last_stable = open_.empty() ? High() : open_.begin()->second,
          .high = High()};
}

bool MemoryPartition::Contains(Offset from) const {
  return low_ <= from && from <= High();
}

bool MemoryPartition::HasRecords(Offset from) const {
  const Offset end = GetWatermarks().last_stable;
  for (Offset at = from; at < end; ++at) {
    if (At(at).state == State::kCommitted) return true;
  }
  return false;
}

MemoryPartition::ReadResult MemoryPartition::Read(Offset from,
                                                  size_t records_max,
                                                  size_t bytes_max) const {
  ReadResult result{.batch = {}, .next = from};
  size_t bytes = 0;
  const Offset end = GetWatermarks().last_stable;
  for (; result.next < end; ++result.next) {
    const Entry& entry = At(result.next);
    if (entry.state != State::kCommitted) continue;
    const size_t entry_bytes =
        entry.bytes->key.size() + entry.bytes->value.size();
    const size_t records = result.batch.records.size();
    if (records >= records_max) break;
    if (records > 0 && bytes + entry_bytes > bytes_max) break;
    bytes += entry_bytes;
    result.batch.records.push_back({.offset = result.next,
                                    .timestamp = entry.timestamp,
                                    .key = entry.bytes->key,
                                    .value = entry.bytes->value,
                                    .traceparent = entry.bytes->traceparent});
    result.batch.owners.push_back(entry.bytes);
  }
  return result;
}

void MemoryPartition::DropTail(Offset high) {
  INVARIANT(low_ <= high && high <= High(), "the tail lies in the partition");
  entries_.resize(high.value - low_.value);
  std::erase_if(open_, [&](const auto& open) { return open.second >= high; });
}

void MemoryPartition::DropHead(Offset low) {
  INVARIANT(low_ <= low && low <= GetWatermarks().last_stable,
            "the head is committed or aborted");
  entries_.erase(entries_.begin(), entries_.begin() + (low.value - low_.value));
  low_ = low;
}

Offset MemoryPartition::High() const {
  return low_ + static_cast<int64_t>(entries_.size());
}

const MemoryPartition::Entry& MemoryPartition::At(Offset offset) const {
  return entries_[offset.value - low_.value];
}

void MemoryPartition::AppendEntry(State state, TransactionNumber transaction,
                                  absl::Time now,
                                  std::shared_ptr<const Bytes> bytes) {
  timestamp_ =
      std::max(timestamp_, absl::FromUnixMillis(absl::ToUnixMillis(now)));
  entries_.push_back({.state = state,
                      .transaction = transaction,
                      .timestamp = timestamp_,
                      .bytes = std::move(bytes)});
}

}  // namespace slotlog
