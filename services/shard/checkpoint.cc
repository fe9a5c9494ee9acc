#include "services/shard/checkpoint.h"

#include <absl/numeric/int128.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace slotlog {
namespace {

/// A row whose key and value stand in the checkpoint's one buffer, one behind
/// the other: sorting and writing look at them in an order that no cache
/// foresees.
struct EncodedRow {
  /// The key's first bytes as a number: most comparisons need no more.
  absl::uint128 prefix;
  size_t start;
  uint32_t key_size;
  uint32_t value_size;
  bool is_deleted;

  std::string_view KeyIn(std::string_view bytes) const {
    return bytes.substr(start, key_size);
  }
  std::string_view ValueIn(std::string_view bytes) const {
    return bytes.substr(start + key_size, value_size);
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
void EncodeAll(const RowChanges<Row>& generation, std::string& bytes,
               std::vector<EncodedRow>& rows) {
  const size_t first = rows.size();
  for (const auto& [key, row] : generation) {
    const size_t start = bytes.size();
    bytes.append(key);
    if (row.has_value()) EncodeRow(*row, bytes);
    rows.push_back(
        {.prefix = PrefixOf(key),
         .start = start,
         .key_size = static_cast<uint32_t>(key.size()),
         .value_size = static_cast<uint32_t>(bytes.size() - start - key.size()),
         .is_deleted = !row.has_value()});
  }
  std::sort(rows.begin() + static_cast<ptrdiff_t>(first), rows.end(),
            [&](const EncodedRow& a, const EncodedRow& b) {
              return a.prefix != b.prefix ? a.prefix < b.prefix
                                          : a.KeyIn(bytes) < b.KeyIn(bytes);
            });
}

/// Writes the rows, sorted, with the position they stand at.
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
    RowChange& change = changes.emplace_back(RowChange{row.KeyIn(bytes), {}});
    if (!row.is_deleted) change.value = row.ValueIn(bytes);
  }
  return store.WriteCheckpoint(changes, EncodePosition(position));
}

}  // namespace

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
