// A projection over a store in memory, fed by hand: for tests of one read model
// without a feed.
//
//   FoldedModel<Appointments> model(ShardCount{1});
//   model.Fold(Shard{0}, "events { booked { ... } }");
//   model->OfCitizen(CitizenId{"c1"});
//
// Threads: one at a time.

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/store/memory/memory_store.h"
#include "events/store/passing_store.h"
#include "projections/projection.h"
#include "projections/rows.h"
#include "tests/support/event_history.h"

namespace slotlog {

template <typename P>
class FoldedModel {
 public:
  using Make = std::function<std::unique_ptr<P>(std::unique_ptr<Rows>)>;

  explicit FoldedModel(ShardCount shards)
      : FoldedModel(shards, [](std::unique_ptr<Rows> rows) {
          return std::make_unique<P>(std::move(rows));
        }) {}
  FoldedModel(ShardCount shards, Make make)
      : history(shards), shards_(shards), make_(std::move(make)) {
    Open();
  }

  void Fold(Shard shard, const std::string& text) {
    const v1::EventBatch batch = history.Next(shard, text);
    model_->Fold(batch);
    ASSERT_TRUE(model_->rows().status().ok())
        << model_->rows().status().ToString();
    model_->rows().Commit(shard, history.folded(shard));
  }

  /// Saves, and begins again from what was saved.
  void Reload() {
    ASSERT_TRUE(model_->rows().Save().ok());
    model_.reset();
    Open();
  }

  const P* operator->() const { return model_.get(); }
  const MemoryStore& store() const { return *store_; }

  EventHistory history;

 private:
  void Open() {
    auto found = Rows::ReadPosition(*store_);
    ASSERT_TRUE(found.ok());
    Rows::Position position;
    position.shards.resize(shards_.value);
    position.label.log_id = "hand";
    if (found->has_value()) position = **found;
    model_ = make_(std::make_unique<Rows>(
        std::make_unique<PassingStore>(store_), position, nullptr));
    const absl::Status loaded = model_->Load();
    ASSERT_TRUE(loaded.ok()) << loaded.ToString();
  }

  const ShardCount shards_;
  const Make make_;
  const std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
  std::unique_ptr<P> model_;
};

}  // namespace slotlog
