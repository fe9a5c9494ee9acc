// The state that rests beside a log, compared with what the log folds: a day on
// which some book, one waits and one has a site to be opened for him.

#include "tools/verify/redecide.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "events/codec.h"
#include "events/invariant.h"
#include "events/log/memory/memory_log.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "services/reservation/row_key.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tools/data_directory.h"
#include "tools/worker_in_process.h"

namespace slotlog::verify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Shard kShard{0};
constexpr uint64_t kMemoryMib = 64;

class RedecideTest : public testing::Test {
 protected:
  RedecideTest() : log_(ShardCount{1}, absl::Now) {
    const int64_t hour = absl::ToUnixMillis(absl::Now() + absl::Hours(1));
    Publish<v1::Operation>(Topic::kOperations, fmt::format(R"(
        operation_id: "1" define_campaign {{ campaign {{ campaign_id: "k"
          cohorts {{ born_from_yyyymmdd: 19000101 born_to_yyyymmdd: 20200101 }}
          rounds {{ closes_unix_ms: {} }} offer_seconds: 600 }} }})",
                                                           hour));
    Publish<v1::Operation>(Topic::kOperations, R"(
        operation_id: "2" define_site { site_id: "s" region: "11" })");
    Publish<v1::Operation>(Topic::kOperations, fmt::format(R"(
        operation_id: "3" open_slots {{ site_id: "s" slots {{ slot_id: "am"
          start_unix_ms: {} end_unix_ms: {} capacity: 1 }} }})",
                                                           hour, hour + 1000));
    Citizen("c1", R"(book { campaign_id: "k" site_id: "s" slot_id: "am" })");
    Citizen("c2", R"(join_waitlist { campaign_id: "k" site_id: "s" })");
    Citizen("c3", R"(join_waitlist { campaign_id: "k" region: "11" })");
    DecideAll();
  }

  void Citizen(std::string_view citizen_id, std::string_view action) {
    Publish<v1::Command>(Topic::kCommands, fmt::format(R"(
        citizen_id: "{}" command_id: "1"
        profile {{ birth_date_yyyymmdd: 19620712 region: "11" }} {})",
                                                       citizen_id, action));
  }

  template <typename Message>
  void Publish(Topic topic, const std::string& text) {
    Message message;
    INVARIANT(google::protobuf::TextFormat::ParseFromString(text, &message),
              text.c_str());
    const std::string value = Encode(message);
    INVARIANT(log_.Append({{{{topic, kShard}, "", value}}}).ok(), "appended");
  }

  /// A worker's life, until everyone has an answer; its stores stay.
  void DecideAll() {
    std::filesystem::remove_all(data_);
    const auto worker = StartWorker(log_, data_, kMemoryMib);
    INVARIANT(worker.ok(), worker.status().ToString().c_str());
    const TopicPartition answers{Topic::kConfirmations, kShard};
    auto consumer = log_.OpenConsumer({{{answers, Offset{0}}}});
    INVARIANT(consumer.ok(), "the log can be read");
    for (size_t answered = 0; answered < kInputs;) {
      const auto batch = (*consumer)->Fetch(answers, kInputs, 1 << 20);
      INVARIANT(batch.ok(), "the log can be read");
      answered += batch->records.size();
      if (batch->records.empty()) {
        (*consumer)->AwaitRecords(absl::Milliseconds(20));
      }
    }
    INVARIANT(StopWorker(**worker).ok(), "it stops");
  }

  RedecideReport DecideAgain() {
    auto report = Redecide(
        log_, {.batches = {UINT64_MAX}, .state = StateDirectory(data_)});
    INVARIANT(report.ok(), report.status().ToString().c_str());
    return *std::move(report);
  }

  /// As a fault of ours might: none deletes the row.
  void Rewrite(std::string_view key, std::optional<std::string_view> row) {
    const auto store =
        RocksDbStore::Open(StoreDirectory(StateDirectory(data_), kShard), {});
    INVARIANT(store.ok(), store.status().ToString().c_str());
    const std::string position = **(*store)->ReadPosition();
    INVARIANT((*store)->WriteCheckpoint({{{key, row}}}, position).ok(),
              "it is");
  }

  static constexpr size_t kInputs = 6;
  MemoryLog log_;
  const std::filesystem::path data_ =
      std::filesystem::path(testing::TempDir()) / "redecide";
};

TEST_F(RedecideTest, WhatRestsIsWhatTheLogFolds) {
  const RedecideReport report = DecideAgain();
  EXPECT_THAT(report.differences, IsEmpty());
  EXPECT_EQ(report.inputs, kInputs);
  EXPECT_GT(report.rows, kInputs);
}

TEST_F(RedecideTest, ARowOfEachKindThatRestsOtherwiseIsFound) {
  for (const RowKey& key :
       {RowKey::Of(CitizenId{"c1"}), RowKey::Of(SiteId{"s"}, SlotId{"am"}),
        RowKey::Of(WaitlistName{"s", ""}),
        RowKey::Of(WaitlistName{"", "11"})}) {
    SCOPED_TRACE(key.bytes());
    DecideAll();
    Rewrite(key.bytes(), std::nullopt);
    EXPECT_THAT(DecideAgain().differences,
                ElementsAre(HasSubstr("rests otherwise")));
  }
}

TEST_F(RedecideTest, ARowThatTheLogDoesNotFoldIsFound) {
  const RowKey key = RowKey::Of(WaitlistName{"s", "pm"});
  Rewrite(key.bytes(), "a row");
  EXPECT_THAT(DecideAgain().differences,
              ElementsAre(HasSubstr("rows rest in the store")));
}

}  // namespace
}  // namespace slotlog::verify
