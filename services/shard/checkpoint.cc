#include "services/shard/checkpoint.h"

#include <absl/numeric/int128.h>
#include <absl/types/span.h>

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
  /// Some of the key's bytes, as a number: what it is sorted by next.
  absl::uint128 part;
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

/// The bytes from there on, filled up with zeros behind the key's end.
absl::uint128 PartOf(std::string_view key, size_t from) {
  absl::uint128 part = 0;
  for (size_t i = from; i < from + sizeof(part); ++i) {
    part <<= 8;
    if (i < key.size()) part |= static_cast<unsigned char>(key[i]);
  }
  return part;
}

/// Sorts rows whose keys are alike before `from`, part by part: so each looks
/// into the buffer once, where comparing keys would look at every step. No key
/// of one kind begins another (row_key.h), so zeros make none alike.
void SortFrom(size_t from, std::string_view bytes,
              absl::Span<EncodedRow> rows) {
  for (EncodedRow& row : rows) row.part = PartOf(row.KeyIn(bytes), from);
  std::sort(
      rows.begin(), rows.end(),
      [](const EncodedRow& a, const EncodedRow& b) { return a.part < b.part; });
  for (size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    while (end < rows.size() && rows[end].part == rows[begin].part) ++end;
    if (end - begin == 1) continue;
    SortFrom(from + sizeof(EncodedRow::part), bytes,
             rows.subspan(begin, end - begin));
  }
}

/// Appends the rows of one kind, sorted.
template <typename Row>
void EncodeAll(const RowChanges<Row>& changes, std::string& bytes,
               std::vector<EncodedRow>& rows) {
  const size_t first = rows.size();
  for (const auto& [key, row] : changes) {
    const size_t start = bytes.size();
    bytes.append(key);
    if (row.has_value()) EncodeRow(*row, bytes);
    rows.push_back(
        {.part = 0,
         .start = start,
         .key_size = static_cast<uint32_t>(key.size()),
         .value_size = static_cast<uint32_t>(bytes.size() - start - key.size()),
         .is_deleted = !row.has_value()});
  }
  // All begin with the kind's letter.
  SortFrom(1, bytes, absl::MakeSpan(rows).subspan(first));
}

/// Writes the rows, sorted, with the position they stand at.
absl::Status WriteRows(const SealedRows& sealed,
                       const CheckpointPosition& position, Store& store) {
  std::string bytes;
  std::vector<EncodedRow> rows;
  rows.reserve(sealed.campaigns->size() + sealed.sites->size() +
               sealed.slots->size() + sealed.seats->size() +
               sealed.citizens->size() + sealed.dues->size() +
               sealed.site_uses->size() + sealed.waitlists->size() +
               sealed.waiter_chunks->size());
  // In the order of the letters that their keys begin with.
  EncodeAll(*sealed.citizens, bytes, rows);
  EncodeAll(*sealed.dues, bytes, rows);
  EncodeAll(*sealed.campaigns, bytes, rows);
  EncodeAll(*sealed.slots, bytes, rows);
  EncodeAll(*sealed.waiter_chunks, bytes, rows);
  EncodeAll(*sealed.sites, bytes, rows);
  EncodeAll(*sealed.seats, bytes, rows);
  EncodeAll(*sealed.site_uses, bytes, rows);
  EncodeAll(*sealed.waitlists, bytes, rows);
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
