// A shard's State in memory, over the store in which its cold rows live.
//
// Rows that changed since the last checkpoint are `live`. Seal() hands them to
// a checkpoint: they become `sealed`, and whatever changes then is live again.
// A look-up goes live, sealed, loaded (clean copies from the store), store; so
// a row leaves memory only when the checkpoint that holds it is published,
// which is what REQUIRES of Seal says. Two generations at the most are in
// memory: that bounds it.
//
// Threads: the shard's own. A SealedRows may be read by the thread that writes
// the checkpoint, because nothing changes it any more.

#pragma once

#include <absl/status/status.h>
#include <absl/types/span.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/store/store.h"
#include "services/reservation/state.h"
#include "services/shard/row_codec.h"

namespace slotlog {

/// What a checkpoint writes: the rows that changed since the one before.
struct SealedRows {
  std::shared_ptr<const RowChanges<Campaign>> campaigns;
  std::shared_ptr<const RowChanges<Site>> sites;
  std::shared_ptr<const RowChanges<Slot>> slots;
  std::shared_ptr<const RowChanges<Seat>> seats;
  std::shared_ptr<const RowChanges<Citizen>> citizens;
  std::shared_ptr<const RowChanges<Due>> dues;
  std::shared_ptr<const RowChanges<SiteUse>> site_uses;
  std::shared_ptr<const RowChanges<Waitlist>> waitlists;
  std::shared_ptr<const RowChanges<WaiterChunk>> waiter_chunks;
};

/// Thrown by a look-up whose row is there and cannot be read: neither a fold
/// nor a decision can go on as if it were not. Caught where either began, and
/// nowhere between; why stands in RowLoader::status.
struct UnreadableRow {};

/// Reads rows of the store. The first error stays here, and the shard looks
/// here before it commits what it decided.
class RowLoader {
 public:
  explicit RowLoader(const Store& store) : store_(store) {}

  /// Null: there is no such row. Throws UnreadableRow.
  template <typename Row>
  std::unique_ptr<Row> Load(std::string_view key) {
    auto found = store_.Read({&key, 1});
    if (!found.ok()) {
      Fail(found.status());
      throw UnreadableRow();
    }
    auto row = Decode<Row>(found->front());
    if (row == nullptr && found->front().has_value()) throw UnreadableRow();
    return row;
  }

  /// Null: there is no such row, or it is none.
  template <typename Row>
  std::unique_ptr<Row> Decode(const std::optional<std::string>& bytes) {
    if (!bytes.has_value()) return nullptr;
    auto row = DecodeRow<Row>(*bytes);
    if (!row.ok()) return Fail(row.status()), nullptr;
    return std::make_unique<Row>(*std::move(row));
  }

  void Fail(const absl::Status& status) { status_.Update(status); }
  const absl::Status& status() const { return status_; }
  const Store& store() const { return store_; }

 private:
  const Store& store_;
  absl::Status status_;
};

template <typename Row>
class CachedTable final : public Table<Row> {
 public:
  explicit CachedTable(RowLoader& loader) : loader_(loader) {}

  const Row* Find(const RowKey& key) const override {
    if (const Held held = FindInMemory(key); held.is_known) return held.row;
    auto row = loader_.template Load<Row>(key.bytes());
    return (loaded_.Emplace(key).entry = std::move(row)).get();
  }

  Row& Mutable(const RowKey& key) override {
    const auto [row, is_new] = live_.Emplace(key);
    if (is_new) row = TakeClean(key);
    if (!row.has_value()) row.emplace();
    return *row;
  }

  void Put(const RowKey& key, Row row) override {
    loaded_.Erase(key);
    live_.Emplace(key).entry = std::move(row);
  }

  void Erase(const RowKey& key) override {
    loaded_.Erase(key);
    live_.Emplace(key).entry = std::nullopt;
  }

  void Absorb(RowChanges<Row> changes) override {
    loaded_.EraseAll(changes);
    live_.Absorb(std::move(changes));
  }

  bool IsInMemory(const RowKey& key) const {
    return FindInMemory(key).is_known;
  }
  /// Has memory bring what IsInMemory will look at.
  void Prefetch(const RowKey& key) const {
    live_.Prefetch(key);
    sealed_->Prefetch(key);
  }

  /// Takes a clean copy of what the store holds; null: it holds no such row.
  /// REQUIRES: not IsInMemory.
  void Remember(const RowKey& key, std::unique_ptr<Row> row) {
    loaded_.Emplace(key).entry = std::move(row);
  }
  void DropLoaded() { loaded_.Clear(); }

  std::shared_ptr<const RowChanges<Row>> Seal() {
    sealed_ = std::make_shared<const RowChanges<Row>>(
        std::exchange(live_, RowChanges<Row>()));
    live_.Reserve(sealed_->size());  // the next one will be about as large
    return sealed_;
  }

  /// About: keys and what rows keep on the heap are estimated.
  size_t live_bytes() const { return live_.size() * kRowBytes; }
  size_t loaded_bytes() const { return loaded_.size() * kRowBytes; }

 private:
  /// The node with a key, the table's slots, the heap of a small row.
  static constexpr size_t kRowBytes =
      sizeof(typename RowChanges<Row>::Node) + 3 * sizeof(void*) + 96;

  /// What memory knows of a row: nothing, or where it is, or that it is not.
  struct Held {
    bool is_known = false;
    const Row* row = nullptr;
  };

  static Held HeldAs(const std::optional<Row>& row) {
    return {true, row.has_value() ? &*row : nullptr};
  }

  Held FindInMemory(const RowKey& key) const {
    if (const auto* live = live_.Find(key)) return HeldAs(*live);
    if (const auto* sealed = sealed_->Find(key)) return HeldAs(*sealed);
    if (const auto* loaded = loaded_.Find(key)) return {true, loaded->get()};
    return {};
  }

  /// What stands below live; a loaded copy is no longer clean once it is live.
  std::optional<Row> TakeClean(const RowKey& key) {
    if (const auto* sealed = sealed_->Find(key)) return *sealed;
    std::unique_ptr<Row> row;
    if (auto* loaded = loaded_.Find(key)) {
      row = std::move(*loaded);
      loaded_.Erase(key);
    } else {
      row = loader_.template Load<Row>(key.bytes());
    }
    if (row == nullptr) return std::nullopt;
    return std::move(*row);
  }

  RowLoader& loader_;
  RowChanges<Row> live_;
  std::shared_ptr<const RowChanges<Row>> sealed_ =
      std::make_shared<const RowChanges<Row>>();
  /// Null: the store holds no such row.
  mutable RowMap<std::unique_ptr<Row>> loaded_;
};

class CachedState final : public StateOf<CachedTable> {
 public:
  CachedState(Head head, RowLoader& loader)
      : StateOf<CachedTable>(std::move(head), loader), loader_(loader) {}

  /// Says that this row will be looked at: it is fetched towards the processor
  /// if it is in memory. LoadWanted then brings all that are not by one read of
  /// the store.
  void Want(const RowKey& key);
  void LoadWanted();

  /// Drops clean copies once they take more than this.
  void TrimLoaded(size_t bytes_max);

  /// REQUIRES: the checkpoint of the rows sealed before is published.
  SealedRows Seal();

  size_t LiveBytes() const;

 private:
  /// A wanted key's place in `wanted_bytes_`.
  struct WantedKey {
    size_t start;
    size_t size;
  };

  /// REQUIRES: keys strictly ascending.
  void Load(absl::Span<const std::string_view> keys);

  RowLoader& loader_;
  std::string wanted_bytes_;
  std::vector<WantedKey> wanted_;
};

}  // namespace slotlog
