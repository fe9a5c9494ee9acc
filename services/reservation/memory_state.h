// A State of plain maps, all in memory: for tests, and for tools that fold a
// history from its beginning.

#pragma once

#include <utility>

#include "services/reservation/state.h"

namespace slotlog {

template <typename Row>
class MemoryTable final : public Table<Row> {
 public:
  const Row* Find(const RowKey& key) const override {
    auto found = rows_.find(key.bytes());
    return found == rows_.end() ? nullptr : &found->second;
  }
  Row& Mutable(const RowKey& key) override {
    return rows_.try_emplace(key.bytes()).first->second;
  }
  void Put(const RowKey& key, Row row) override {
    rows_.insert_or_assign(key.bytes(), std::move(row));
  }
  void Erase(const RowKey& key) override { rows_.erase(key.bytes()); }
  void Absorb(RowChanges<Row> changes) override {
    for (auto& [key, row] : changes) {
      if (row.has_value()) {
        rows_.insert_or_assign(key, *std::move(row));
      } else {
        rows_.erase(key);
      }
    }
  }

  const RowMap<Row>& rows() const { return rows_; }

 private:
  RowMap<Row> rows_;
};

using MemoryState = StateOf<MemoryTable>;

}  // namespace slotlog
