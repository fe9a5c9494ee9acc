#include "events/store/memory/memory_store.h"

#include <utility>

#include "events/invariant.h"

namespace slotlog {

absl::StatusOr<std::optional<std::string>> MemoryStore::ReadPosition() const {
  absl::ReaderMutexLock lock(&mutex_);
  return position_;
}

absl::StatusOr<std::vector<std::optional<std::string>>> MemoryStore::Read(
    absl::Span<const std::string_view> keys) const {
  std::vector<std::optional<std::string>> values(keys.size());
  std::string_view previous;
  absl::ReaderMutexLock lock(&mutex_);
  for (size_t i = 0; i < keys.size(); ++i) {
    INVARIANT(previous < keys[i], "keys ascend and none is empty");
    previous = keys[i];
    if (const auto row = rows_.find(keys[i]); row != rows_.end()) {
      values[i] = row->second;
    }
  }
  return values;
}

absl::Status MemoryStore::Scan(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>&
        visit) const {
  std::vector<std::pair<std::string, std::string>> found;
  {
    absl::ReaderMutexLock lock(&mutex_);
    for (auto row = rows_.lower_bound(prefix);
         row != rows_.end() && row->first.starts_with(prefix); ++row) {
      found.push_back(*row);
    }
  }
  for (const auto& [key, value] : found) {
    if (!visit(key, value)) break;
  }
  return absl::OkStatus();
}

absl::Status MemoryStore::WriteCheckpoint(absl::Span<const RowChange> changes,
                                          std::string_view position) {
  absl::MutexLock lock(&mutex_);
  if (!next_write_.ok()) return std::exchange(next_write_, absl::OkStatus());
  std::string_view previous;
  for (const RowChange& change : changes) {
    INVARIANT(previous < change.key, "keys ascend and none is empty");
    previous = change.key;
    if (change.value.has_value()) {
      rows_.insert_or_assign(std::string(change.key),
                             std::string(*change.value));
    } else if (const auto row = rows_.find(change.key); row != rows_.end()) {
      rows_.erase(row);
    }
  }
  position_ = position;
  return absl::OkStatus();
}

void MemoryStore::FailNextWrite(absl::Status error) {
  INVARIANT(!error.ok(), "a fault is an error");
  absl::MutexLock lock(&mutex_);
  next_write_ = std::move(error);
}

}  // namespace slotlog
