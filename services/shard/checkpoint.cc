#include "services/shard/checkpoint.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace slotlog {
namespace {

/// A row whose bytes stand in the checkpoint's one buffer.
struct EncodedRow {
  std::string_view key;
  bool is_deleted;
  size_t start;
  size_t size;
};

template <typename Row>
void EncodeAll(const RowGeneration<Row>& generation, std::string& bytes,
               std::vector<EncodedRow>& rows) {
  for (const auto& [key, row] : generation) {
    const size_t start = bytes.size();
    if (row.has_value()) EncodeRow(*row, bytes);
    rows.push_back({.key = key,
                    .is_deleted = !row.has_value(),
                    .start = start,
                    .size = bytes.size() - start});
  }
}

}  // namespace

absl::Status WriteRows(const SealedRows& sealed,
                       const CheckpointPosition& position, Store& store) {
  std::string bytes;
  std::vector<EncodedRow> rows;
  rows.reserve(sealed.campaigns->size() + sealed.sites->size() +
               sealed.slots->size() + sealed.seats->size() +
               sealed.citizens->size());
  EncodeAll(*sealed.campaigns, bytes, rows);
  EncodeAll(*sealed.sites, bytes, rows);
  EncodeAll(*sealed.slots, bytes, rows);
  EncodeAll(*sealed.seats, bytes, rows);
  EncodeAll(*sealed.citizens, bytes, rows);
  std::sort(
      rows.begin(), rows.end(),
      [](const EncodedRow& a, const EncodedRow& b) { return a.key < b.key; });
  std::vector<RowChange> changes;
  changes.reserve(rows.size());
  for (const EncodedRow& row : rows) {
    RowChange& change = changes.emplace_back(RowChange{row.key, {}});
    if (!row.is_deleted) {
      change.value = std::string_view(bytes).substr(row.start, row.size);
    }
  }
  return store.WriteCheckpoint(changes, EncodePosition(position));
}

std::shared_ptr<PendingCheckpoint> PendingCheckpoint::Begin(
    SealedRows rows, CheckpointPosition position, Store& store,
    const Executor& executor) {
  auto pending = std::make_shared<PendingCheckpoint>();
  executor([pending, rows = std::move(rows), position = std::move(position),
            &store] {
    pending->status_ = WriteRows(rows, position, store);
    pending->done_.Notify();
  });
  return pending;
}

absl::Status PendingCheckpoint::Await() const {
  done_.WaitForNotification();
  return status_;
}

}  // namespace slotlog
