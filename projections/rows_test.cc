#include "projections/rows.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "events/store/memory/memory_store.h"
#include "events/store/passing_store.h"

namespace slotlog {
namespace {

using Row = std::pair<std::string, std::string>;

class RowsTest : public testing::Test {
 protected:
  RowsTest() { Open(); }

  void Open() {
    rows_.reset();
    Rows::Position position{.label = {.log_id = "log"},
                            .shards = std::vector<FoldedTo>(2)};
    auto found = Rows::ReadPosition(*store_);
    if (found->has_value()) position = **found;
    rows_ = std::make_unique<Rows>(
        std::make_unique<PassingStore>(store_), position,
        [this](auto work) { work_.push_back(std::move(work)); });
  }
  void Commit(uint64_t batch) {
    rows_->Commit(Shard{1}, {.batch_number = batch,
                             .batch_digest = {},
                             .batch_offset = Offset{7},
                             .sequence = Sequence{batch}});
  }
  void DoWork() {
    for (auto& work : std::exchange(work_, {})) work();
  }
  std::vector<Row> Scan(std::string_view prefix) {
    std::vector<Row> found;
    EXPECT_TRUE(rows_
                    ->Scan(prefix,
                           [&](std::string_view key, std::string_view value) {
                             found.emplace_back(key, value);
                             return true;
                           })
                    .ok());
    return found;
  }

  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
  std::vector<std::function<void()>> work_;
  std::unique_ptr<Rows> rows_;
};

TEST_F(RowsTest, WhatIsFoldedIsSeenByReadersWithItsCommitOnly) {
  rows_->Put("a", "1");
  EXPECT_EQ(rows_->Get("a"), "1");
  EXPECT_EQ(*rows_->Find("a"), std::nullopt);
  Commit(1);
  EXPECT_EQ(*rows_->Find("a"), "1");
  rows_->Erase("a");
  EXPECT_EQ(rows_->Get("a"), std::nullopt);
  EXPECT_EQ(*rows_->Find("a"), "1");
  Commit(2);
  EXPECT_EQ(*rows_->Find("a"), std::nullopt);
}

TEST_F(RowsTest, TheNewestWordOnARowCountsWhereverItStands) {
  for (const char* key : {"r1", "r2", "r3", "r4"}) rows_->Put(key, "stored");
  Commit(1);
  rows_->BeginSaving();
  DoWork();
  rows_->Put("r2", "saving");
  rows_->Put("r5", "saving");
  rows_->Erase("r3");
  Commit(2);
  rows_->BeginSaving();  // is on its way
  rows_->Put("r4", "live");
  rows_->Erase("r5");
  rows_->Put("s", "another kind");
  Commit(3);
  const std::vector<Row> expected{
      {"r1", "stored"}, {"r2", "saving"}, {"r4", "live"}};
  EXPECT_EQ(Scan("r"), expected);
  for (const auto& [key, value] : expected) EXPECT_EQ(*rows_->Find(key), value);
  EXPECT_EQ(*rows_->Find("r3"), std::nullopt);
  EXPECT_EQ(*rows_->Find("r5"), std::nullopt);
  DoWork();
  EXPECT_EQ(Scan("r"), expected);
}

TEST_F(RowsTest, ScanEndsWhenItIsTold) {
  for (const char* key : {"a", "b", "c"}) rows_->Put(key, "");
  Commit(1);
  int visited = 0;
  EXPECT_TRUE(rows_
                  ->Scan("", [&](std::string_view,
                                 std::string_view) { return ++visited < 2; })
                  .ok());
  EXPECT_EQ(visited, 2);
}

TEST_F(RowsTest, RowsAndTheirPositionComeBackTogether) {
  rows_->Put("a", "1");
  Commit(1);
  rows_->MarkComplete();
  rows_->BeginSaving();
  rows_->Put("a", "2");
  Commit(2);
  DoWork();
  EXPECT_TRUE(rows_->AwaitSaved().ok());
  Open();  // what was not saved is not there
  EXPECT_EQ(*rows_->Find("a"), "1");
  EXPECT_EQ(rows_->ProgressOf(Shard{1}).batch_number, 1u);
  EXPECT_EQ(rows_->ProgressOf(Shard{0}).batch_number, 0u);
  EXPECT_TRUE(rows_->GetPosition().label.is_complete);
  EXPECT_EQ(rows_->GetPosition().label.log_id, "log");
}

TEST_F(RowsTest, ACheckpointThatFailsIsWrittenByTheNextOne) {
  rows_->Put("a", "1");
  rows_->Put("b", "1");
  Commit(1);
  store_->FailNextWrite(absl::ResourceExhaustedError("the disk is full"));
  rows_->BeginSaving();
  rows_->Put("b", "2");
  Commit(2);
  DoWork();
  EXPECT_TRUE(absl::IsResourceExhausted(rows_->AwaitSaved()));
  EXPECT_EQ(*rows_->Find("a"), "1");
  EXPECT_EQ(*rows_->Find("b"), "2");
  rows_->BeginSaving();
  DoWork();
  EXPECT_TRUE(rows_->AwaitSaved().ok());
  Open();
  EXPECT_EQ(Scan(""), (std::vector<Row>{{"a", "1"}, {"b", "2"}}));
}

TEST_F(RowsTest, APositionThatIsNoneIsNone) {
  ASSERT_TRUE(store_->WriteCheckpoint({}, "\xff no position").ok());
  EXPECT_FALSE(Rows::ReadPosition(*store_)->has_value());
}

}  // namespace
}  // namespace slotlog
