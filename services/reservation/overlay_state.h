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
    const std::optional<Row>* changed = changed_.Find(key);
    if (changed == nullptr) return base_.Find(key);
    return changed->has_value() ? &**changed : nullptr;
  }
  Row& Mutable(const RowKey& key) override {
    const auto [changed, is_new] = changed_.Emplace(key);
    if (is_new) {
      if (const Row* row = base_.Find(key)) changed = *row;
    }
    if (!changed.has_value()) changed.emplace();
    return *changed;
  }
  void Put(const RowKey& key, Row row) override {
    changed_.Emplace(key).entry = std::move(row);
  }
  void Erase(const RowKey& key) override {
    changed_.Emplace(key).entry = std::nullopt;
  }
  void Absorb(RowChanges<Row> changes) override {
    changed_.Absorb(std::move(changes));
  }

  /// Hands over what changed. The overlay is of no use afterwards.
  RowChanges<Row> TakeChanges() { return std::move(changed_); }

 private:
  const Table<Row>& base_;
  RowChanges<Row> changed_;
};

using OverlayState = StateOf<OverlayTable>;

}  // namespace slotlog
