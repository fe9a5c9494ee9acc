#include "tools/rush/backlog.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "slotlog/v1/commands.pb.h"
#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};
constexpr TopicPartition kCommands1{Topic::kCommands, Shard{1}};

class BacklogTest : public testing::Test {
 protected:
  std::unique_ptr<CommandBatch> BatchOf(const std::vector<std::string>& ids) {
    auto batch = std::make_unique<CommandBatch>(/*records_max=*/10);
    for (const std::string& id : ids) {
      v1::Command command;
      command.set_command_id(id);
      batch->Add(kCommands1, "c", command);
    }
    return batch;
  }

  /// These records of the batch stand in the log, whatever was answered.
  void Write(const CommandBatch& batch, const std::vector<size_t>& indexes) {
    for (size_t index : indexes) {
      ASSERT_TRUE(log_.Append({&batch.records()[index], 1}).ok());
    }
  }

  /// The ids of what is left in each batch.
  std::vector<std::string> Left() {
    std::vector<std::string> ids;
    while (auto batch = backlog_.Take()) {
      std::string all;
      for (const NewRecord& record : batch->records()) {
        v1::Command command;
        EXPECT_TRUE(command.ParseFromArray(
            record.value.data(), static_cast<int>(record.value.size())));
        all += command.command_id();
      }
      ids.push_back(all);
    }
    return ids;
  }

  const Scenario scenario_ = SmallRush();
  const Places places_{scenario_, 2031};
  Population population_{scenario_, places_, /*seed=*/1};
  Tally tally_{places_, population_, kShards};
  MemoryLog log_{kShards, [] { return absl::UnixEpoch(); }};
  Backlog backlog_{log_, tally_};
};

using Strings = std::vector<std::string>;

TEST_F(BacklogTest, WhatStandsInTheLogIsTakenOutAndCounted) {
  auto batch = BatchOf({"a", "b", "c", "d"});
  auto other = BatchOf({"e"});
  Write(*batch, {1, 3});
  Write(*other, {0});
  backlog_.Add(std::move(batch));
  backlog_.Add(std::move(other));
  ASSERT_TRUE(backlog_.TakeOutWritten().ok());
  EXPECT_EQ(tally_.ledger().published(), 3u);
  EXPECT_EQ(Left(), (Strings{"ac", ""}));
  EXPECT_TRUE(backlog_.IsEmpty());
}

TEST_F(BacklogTest, OfACommandSentTwiceOnlyAsManyAreTakenOutAsStandThere) {
  auto batch = BatchOf({"a", "a", "a"});
  Write(*batch, {0, 1});
  backlog_.Add(std::move(batch));
  ASSERT_TRUE(backlog_.TakeOutWritten().ok());
  EXPECT_EQ(tally_.ledger().published(), 2u);
  EXPECT_EQ(Left(), Strings{"a"});
}

TEST_F(BacklogTest, WhatWasCountedBeforeIsAnothersAndStays) {
  const auto published = BatchOf({"a"});
  Write(*published, {0});
  tally_.CommandPublished(Shard{1}, Offset{0});
  backlog_.Add(BatchOf({"a"}));
  ASSERT_TRUE(backlog_.TakeOutWritten().ok());
  EXPECT_EQ(Left(), Strings{"a"});
}

TEST_F(BacklogTest, LookingTwiceCountsOnce) {
  auto batch = BatchOf({"a", "b"});
  Write(*batch, {0});
  backlog_.Add(std::move(batch));
  ASSERT_TRUE(backlog_.TakeOutWritten().ok());
  ASSERT_TRUE(backlog_.TakeOutWritten().ok());
  EXPECT_EQ(tally_.ledger().published(), 1u);
  EXPECT_EQ(Left(), Strings{"b"});
}

}  // namespace
}  // namespace slotlog
