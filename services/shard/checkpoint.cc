#include "services/shard/checkpoint.h"

#include <absl/numeric/int128.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace slotlog {
namespace {

/// A row whose bytes stand in the checkpoint's one buffer.
struct EncodedRow {
  /// The key's first bytes as a number: most comparisons need no more.
  absl::uint128 prefix;
  std::string_view key;
  bool is_deleted;
  size_t start;
  size_t size;

  bool operator<(const EncodedRow& other) const {
    return prefix != other.prefix ? prefix < other.prefix : key < other.key;
  }
};

/// Skips the letter, which all keys of one kind of row begin with. A shorter
/// key is filled up with zeros, so that it never sorts too late.
absl::uint128 PrefixOf(std::string_view key) {
  absl::uint128 prefix = 0;
  for (size_t i = 1; i <= sizeof(prefix); ++i) {
    prefix <<= 8;
    if (i < key.size()) prefix |= static_cast<unsigned char>(key[i]);
  }
  return prefix;
}

/// Appends the rows of one kind, sorted.
template <typename Row>
void EncodeAll(const RowGeneration<Row>& generation, std::string& bytes,
               std::vector<EncodedRow>& rows) {
  const size_t first = rows.size();
  for (const auto& [key, row] : generation) {
    const size_t start = bytes.size();
    if (row.has_value()) EncodeRow(*row, bytes);
    rows.push_back({.prefix = PrefixOf(key),
                    .key = key,
                    .is_deleted = !row.has_value(),
                    .start = start,
                    .size = bytes.size() - start});
  }
  std::sort(rows.begin() + static_cast<ptrdiff_t>(first), rows.end());
}

}  // namespace

absl::Status WriteRows(const SealedRows& sealed,
                       const CheckpointPosition& position, Store& store) {
  std::string bytes;
  std::vector<EncodedRow> rows;
  rows.reserve(sealed.campaigns->size() + sealed.sites->size() +
               sealed.slots->size() + sealed.seats->size() +
               sealed.citizens->size());
  // In the order of the letters that their keys begin with.
  EncodeAll(*sealed.citizens, bytes, rows);
  EncodeAll(*sealed.campaigns, bytes, rows);
  EncodeAll(*sealed.slots, bytes, rows);
  EncodeAll(*sealed.sites, bytes, rows);
  EncodeAll(*sealed.seats, bytes, rows);
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

std::shared_ptr<Checkpoint> Checkpoint::Begin(
    SealedRows rows, CheckpointPosition position, Store& store,
    const Executor& executor, std::shared_ptr<Checkpoint> before) {
  auto pending = std::make_shared<Checkpoint>();
  pending->rows_ = std::move(rows);
  executor([pending, position = std::move(position), &store,
            before = std::move(before)]() mutable {
    pending->status_ = WriteRows(pending->rows_, position, store);
    pending->done_.Notify();
    before.reset();
  });
  return pending;
}

absl::Status Checkpoint::Await() const {
  done_.WaitForNotification();
  return status_;
}

}  // namespace slotlog
