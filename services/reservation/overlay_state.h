// A State over another one: sees the base, keeps what changes to itself. A
// batch is decided on an overlay, so that each input sees what those before it
// decided, and a transaction that fails leaves no trace: the overlay is
// dropped.

#pragma once

#include <optional>
#include <utility>

#include "services/reservation/state.h"

namespace slotlog {

template <typename Row>
class OverlayTable final : public Table<Row> {
 public:
  explicit OverlayTable(const State& base) : base_(TableIn<Row>(base)) {}

  const Row* Find(const RowKey& key) const override {
    auto found = changed_.find(key.bytes());
    if (found == changed_.end()) return base_.Find(key);
    return found->second.has_value() ? &*found->second : nullptr;
  }
  Row& Mutable(const RowKey& key) override {
    auto [found, is_new] = changed_.try_emplace(key.bytes());
    if (is_new) {
      if (const Row* row = base_.Find(key)) found->second = *row;
    }
    if (!found->second.has_value()) found->second.emplace();
    return *found->second;
  }
  void Put(const RowKey& key, Row row) override {
    changed_.insert_or_assign(key.bytes(), std::move(row));
  }
  void Erase(const RowKey& key) override {
    changed_.insert_or_assign(key.bytes(), std::nullopt);
  }

  void Absorb(RowChanges<Row> changes) override {
    for (auto& [key, row] : changes) {
      changed_.insert_or_assign(key, std::move(row));
    }
  }

  /// Hands over what changed. The overlay is of no use afterwards.
  RowChanges<Row> TakeChanges() { return std::move(changed_); }

 private:
  const Table<Row>& base_;
  RowChanges<Row> changed_;
};

using OverlayState = StateOf<OverlayTable>;

}  // namespace slotlog
