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

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>

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
};

/// Reads rows of the store. A table cannot answer a look-up with an error: it
/// says that there is no row, the error stays here, and the shard looks here
/// before it commits what it decided.
class RowLoader {
 public:
  explicit RowLoader(const Store& store) : store_(store) {}

  /// Null: there is no such row.
  template <typename Row>
  std::unique_ptr<Row> Load(std::string_view key) {
    auto found = store_.Read({&key, 1});
    if (!found.ok()) return Fail(found.status()), nullptr;
    return Decode<Row>(found->front());
  }

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
    if (const Held held = FindInMemory(key.bytes()); held.is_known) {
      return held.row;
    }
    return loaded_
        .insert_or_assign(key.bytes(), loader_.template Load<Row>(key.bytes()))
        .first->second.get();
  }

  Row& Mutable(const RowKey& key) override {
    auto [found, is_new] = live_.try_emplace(key.bytes());
    std::optional<Row>& row = found->second;
    if (is_new) row = TakeClean(key.bytes());
    if (!row.has_value()) row.emplace();
    return *row;
  }

  void Put(const RowKey& key, Row row) override {
    loaded_.erase(key.bytes());
    live_.insert_or_assign(key.bytes(), std::move(row));
  }

  void Erase(const RowKey& key) override {
    loaded_.erase(key.bytes());
    live_.insert_or_assign(key.bytes(), std::nullopt);
  }

  /// Moves the rows' nodes: nothing is copied.
  void Absorb(RowChanges<Row> changes) override {
    for (auto next = changes.begin(); next != changes.end();) {
      auto node = changes.extract(next++);
      loaded_.erase(node.key());
      auto inserted = live_.insert(std::move(node));
      if (!inserted.inserted) {
        inserted.position->second = std::move(inserted.node.mapped());
      }
    }
  }

  bool IsInMemory(std::string_view key) const {
    return FindInMemory(key).is_known;
  }

  /// Takes a clean copy of what the store holds; null: it holds no such row.
  /// REQUIRES: not IsInMemory.
  void Remember(std::string_view key, std::unique_ptr<Row> row) {
    loaded_.insert_or_assign(key, std::move(row));
  }
  void DropLoaded() { loaded_.clear(); }

  std::shared_ptr<const RowChanges<Row>> Seal() {
    sealed_ = std::make_shared<const RowChanges<Row>>(
        std::exchange(live_, RowChanges<Row>()));
    live_.reserve(sealed_->size());  // the next one will be about as large
    return sealed_;
  }

  /// About: keys and what rows keep on the heap are estimated.
  size_t live_bytes() const { return live_.size() * kRowBytes; }
  size_t loaded_bytes() const { return loaded_.size() * kRowBytes; }

 private:
  /// The node, the table's slots, the heap of a key and of a small row.
  static constexpr size_t kRowBytes =
      sizeof(typename RowChanges<Row>::value_type) + 2 * sizeof(void*) + 128;

  /// What memory knows of a row: nothing, or where it is, or that it is not.
  struct Held {
    bool is_known = false;
    const Row* row = nullptr;
  };

  static Held HeldAs(const std::optional<Row>& row) {
    return {true, row.has_value() ? &*row : nullptr};
  }

  Held FindInMemory(std::string_view key) const {
    if (auto live = live_.find(key); live != live_.end()) {
      return HeldAs(live->second);
    }
    if (auto sealed = sealed_->find(key); sealed != sealed_->end()) {
      return HeldAs(sealed->second);
    }
    if (auto loaded = loaded_.find(key); loaded != loaded_.end()) {
      return {true, loaded->second.get()};
    }
    return {};
  }

  /// What stands below live; a loaded copy is no longer clean once it is live.
  std::optional<Row> TakeClean(std::string_view key) {
    if (auto sealed = sealed_->find(key); sealed != sealed_->end()) {
      return sealed->second;
    }
    std::unique_ptr<Row> row;
    if (auto loaded = loaded_.find(key); loaded != loaded_.end()) {
      row = std::move(loaded->second);
      loaded_.erase(loaded);
    } else {
      row = loader_.template Load<Row>(key);
    }
    if (row == nullptr) return std::nullopt;
    return std::move(*row);
  }

  RowLoader& loader_;
  RowChanges<Row> live_;
  std::shared_ptr<const RowChanges<Row>> sealed_ =
      std::make_shared<const RowChanges<Row>>();
  /// Null: the store holds no such row.
  mutable absl::flat_hash_map<std::string, std::unique_ptr<Row>, RowKeyHash,
                              std::equal_to<>>
      loaded_;
};

class CachedState final : public StateOf<CachedTable> {
 public:
  CachedState(Head head, RowLoader& loader)
      : StateOf<CachedTable>(std::move(head), loader), loader_(loader) {}

  /// Says that this row will be looked at; LoadWanted then brings all that are
  /// not in memory yet by one read of the store.
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

  RowLoader& loader_;
  std::string wanted_bytes_;
  std::vector<WantedKey> wanted_;
};

}  // namespace slotlog
