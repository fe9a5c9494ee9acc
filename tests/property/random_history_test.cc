// Random histories with random deaths. After every batch, on every shard: what
// is decided again from the recorded inputs is the same to the byte, and what
// is folded from the log is the live state, row for row. At the end everything
// that was published is answered once.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "services/shard/history.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/shards.h"
#include "tests/support/state_comparison.h"

namespace slotlog {
namespace {

constexpr int kSteps = 600;

class RandomHistory {
 public:
  RandomHistory(uint64_t seed, ShardCount shards)
      : random_(seed),
        count_(shards),
        log_(shards, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/32 * 1024,
            /*checkpoint_events_max=*/40) {
    for (Shard shard{0}; shard < Shard{shards.value}; ++shard) {
      auto history = ShardHistory::Open(log_, shard);
      EXPECT_TRUE(history.ok());
      histories_[shard] = *std::move(history);
    }
  }

  void Run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      now_ += absl::Milliseconds(Below(500));
      Act();
    }
    shards_.RunUntilIdle();
    CheckEverything();
    CheckStores();
    CheckAnswers();
  }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  Shard AnyShard() { return Shard{static_cast<uint32_t>(Below(count_.value))}; }

  void Act() {
    const uint64_t dice = Below(100);
    const Shard shard = AnyShard();
    if (dice < 40) return PublishCommand();
    if (dice < 50) return PublishOperation();
    if (dice < 52) return PublishNonsense();
    if (dice < 54) return shards_.Kill(shard);
    if (dice < 55) {
      shards_.Kill(shard);
      return shards_.LoseStore(shard);
    }
    if (dice < 58) return FailACommit(shard);
    shards_.Step(shard);
    Check(shard);
  }

  void FailACommit(Shard shard) {
    using Fault = MemoryLog::CommitFault;
    const Fault faults[] = {Fault::kRefused, Fault::kUnknownButDone,
                            Fault::kUnknownAndOpen};
    log_.FailNextCommit(fmt::format("slotlog-{}", shard.value),
                        faults[Below(3)]);
  }

  void Publish(Topic topic, Shard shard, const std::string& bytes) {
    auto offsets = log_.Append({{{{topic, shard}, "", bytes}}});
    ASSERT_TRUE(offsets.ok());
    published_[{topic, shard}].insert(offsets->front());
  }

  void PublishCommand() {
    v1::Command command;
    command.set_citizen_id(fmt::format("c{}", Below(25)));
    command.set_command_id(fmt::format("id{}", Below(40)));
    command.mutable_profile()->set_birth_date_yyyymmdd(
        Below(10) == 0 ? 20010101 : 19620712);
    const std::string campaign = Below(15) == 0 ? "other" : "k";
    if (Below(3) == 0) {
      command.mutable_cancel()->set_campaign_id(campaign);
    } else {
      v1::Book& book = *command.mutable_book();
      book.set_campaign_id(campaign);
      book.set_site_id(fmt::format("s{}", Below(4)));
      book.set_slot_id(fmt::format("t{}", Below(4)));
      if (Below(30) == 0) book.set_slot_id(std::string(200, 'x'));
    }
    Shard home = ShardOf(command.citizen_id(), count_);
    if (Below(40) == 0) home = AnyShard();
    if (Below(50) == 0) command.set_citizen_id(std::string(200, 'y'));
    const uint64_t times = Below(10) == 0 ? 1 + Below(40) : 1;
    for (uint64_t i = 0; i < times; ++i) {
      Publish(Topic::kCommands, home, Encode(command));
    }
  }

  void PublishOperation() {
    v1::Operation operation;
    operation.set_operation_id("op");
    std::string key = fmt::format("s{}", Below(4));
    const std::string slot_id = fmt::format("t{}", Below(3));
    switch (Below(8)) {
      case 0:
        operation.mutable_define_site()->set_site_id(key);
        break;
      case 1:
        operation.mutable_close_slot()->set_site_id(key);
        operation.mutable_close_slot()->set_slot_id(slot_id);
        if (Below(4) != 0) return;  // seldom, or nothing stays open
        break;
      case 2:
      case 3:
        operation.mutable_change_capacity()->set_site_id(key);
        operation.mutable_change_capacity()->set_slot_id(slot_id);
        operation.mutable_change_capacity()->set_capacity(
            static_cast<int32_t>(Below(6)) - 1);
        break;
      case 4: {
        key = "k";
        v1::Campaign& campaign =
            *operation.mutable_define_campaign()->mutable_campaign();
        campaign.set_campaign_id(key);
        campaign.set_born_from_yyyymmdd(19620101);
        campaign.set_born_to_yyyymmdd(19661231);
        campaign.set_opens_unix_ms(absl::ToUnixMillis(start_) + 2000);
        campaign.set_closes_unix_ms(absl::ToUnixMillis(start_) + 120'000);
        break;
      }
      default: {
        v1::OpenSlots& open = *operation.mutable_open_slots();
        open.set_site_id(key);
        v1::Slot& slot = *open.add_slots();
        slot.set_slot_id(slot_id);
        slot.set_start_unix_ms(absl::ToUnixMillis(start_) + 100'000);
        slot.set_end_unix_ms(absl::ToUnixMillis(start_) + 200'000);
        slot.set_capacity(2);
      }
    }
    Publish(Topic::kOperations, ShardOf(key, count_), Encode(operation));
  }

  void PublishNonsense() {
    const Topic topic = Below(2) == 0 ? Topic::kCommands : Topic::kOperations;
    const Shard shard = AnyShard();
    auto offsets = log_.Append({{{{topic, shard}, "", "\xff\xff no message"}}});
    ASSERT_TRUE(offsets.ok());
    dead_letters_.insert({{topic, shard}, offsets->front()});
  }

  /// Decides the shard's new batches again and compares.
  void Check(Shard shard) {
    ShardHistory& history = *histories_[shard];
    while (true) {
      auto has_next = history.HasNext();
      ASSERT_TRUE(has_next.ok()) << has_next.status().ToString();
      if (!*has_next) break;
      const absl::Status decided = history.DecideNext();
      ASSERT_TRUE(decided.ok()) << decided.ToString();
    }
    if (!shards_.IsOwned(shard)) return;
    EXPECT_EQ(DifferenceBetween(history.state(), shards_.at(shard).state()),
              "");
  }

  void CheckEverything() {
    for (const auto& [shard, history] : histories_) Check(shard);
  }

  /// Nothing stands in a store that is not in the folded state.
  void CheckStores() {
    for (const auto& [shard, history] : histories_) {
      ASSERT_TRUE(shards_.at(shard).Close().ok());
      size_t rows = 0;
      ASSERT_TRUE(shards_.store(shard)
                      .Scan("",
                            [&](std::string_view, std::string_view) {
                              ++rows;
                              return true;
                            })
                      .ok());
      EXPECT_EQ(rows, CountRows(history->state()));
    }
  }

  void CheckAnswers() {
    std::map<TopicPartition, std::multiset<Offset>> answered;
    std::set<std::pair<TopicPartition, Offset>> buried;
    for (const auto& [shard, history] : histories_) {
      const TopicPartition confirmations{Topic::kConfirmations, shard};
      const TopicPartition letters{Topic::kDeadLetters, shard};
      auto consumer = log_.OpenConsumer(
          {{{confirmations, Offset{0}}, {letters, Offset{0}}}});
      ASSERT_TRUE(consumer.ok());
      for (const Record& record : ReadAll(**consumer, confirmations)) {
        v1::ConfirmationRecord read;
        ASSERT_TRUE(read.ParseFromString(std::string(record.value)));
        answered[{static_cast<Topic>(read.confirmation().topic()), shard}]
            .insert(Offset{read.confirmation().offset()});
      }
      for (const Record& record : ReadAll(**consumer, letters)) {
        v1::DeadLetter read;
        ASSERT_TRUE(read.ParseFromString(std::string(record.value)));
        buried.insert(
            {{static_cast<Topic>(read.topic()), shard}, Offset{read.offset()}});
      }
    }
    EXPECT_EQ(buried, dead_letters_);
    for (const auto& [partition, offsets] : published_) {
      EXPECT_EQ(answered[partition],
                std::multiset<Offset>(offsets.begin(), offsets.end()))
          << DebugString(partition);
    }
  }

  std::vector<Record> ReadAll(Consumer& consumer, TopicPartition partition) {
    std::vector<Record> all;
    while (true) {
      auto batch = consumer.Fetch(partition, 1000, 1 << 20);
      EXPECT_TRUE(batch.ok());
      if (!batch.ok() || batch->records.empty()) return all;
      all.insert(all.end(), batch->records.begin(), batch->records.end());
      read_.push_back(*std::move(batch));
    }
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'626'048'000);
  absl::Time now_ = start_;
  std::mt19937_64 random_;
  const ShardCount count_;
  MemoryLog log_;
  Shards shards_;
  std::map<Shard, std::unique_ptr<ShardHistory>> histories_;
  std::map<TopicPartition, std::set<Offset>> published_;
  std::set<std::pair<TopicPartition, Offset>> dead_letters_;
  std::vector<RecordBatch> read_;
};

class RandomHistoryTest : public testing::TestWithParam<uint32_t> {};

TEST_P(RandomHistoryTest, LiveStateIsTheFoldAndHistoryDecidesTheSameAgain) {
  for (uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomHistory(seed, ShardCount{GetParam()}).Run();
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, RandomHistoryTest, testing::Values(1, 2, 5),
                         [](const auto& info) {
                           return fmt::format("{}", info.param);
                         });

}  // namespace
}  // namespace slotlog
