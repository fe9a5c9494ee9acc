// A State of plain maps, all in memory: for tests, and for tools that fold a
// history from its beginning.

#pragma once

#include <utility>

#include "services/reservation/state.h"

namespace slotlog {

template <typename Row>
class MemoryTable final : public Table<Row> {
 public:
  const Row* Find(const RowKey& key) const override { return rows_.Find(key); }
  Row& Mutable(const RowKey& key) override { return rows_.Emplace(key).entry; }
  void Put(const RowKey& key, Row row) override {
    rows_.Emplace(key).entry = std::move(row);
  }
  void Erase(const RowKey& key) override { rows_.Erase(key); }
  void Absorb(RowChanges<Row> changes) override {
    for (const auto& [key, row] : changes) {
      if (row.has_value()) {
        Put(RowKey::FromBytes(key), *row);
      } else {
        Erase(RowKey::FromBytes(key));
      }
    }
  }

  const RowMap<Row>& rows() const { return rows_; }

 private:
  RowMap<Row> rows_;
};

using MemoryState = StateOf<MemoryTable>;

}  // namespace slotlog
