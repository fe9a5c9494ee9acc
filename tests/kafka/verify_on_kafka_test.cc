// The whole check on a real Kafka, where transactions leave markers between the
// records, each topic's at its own time, and others write meanwhile.

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/invariant.h"
#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/topics.h"
#include "events/log/record_stream.h"
#include "events/partitioner.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/kafka_broker.h"
#include "tools/data_directory.h"
#include "tools/verify/redecide.h"
#include "tools/verify/violation_test_support.h"
#include "tools/worker_in_process.h"

namespace slotlog::verify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr ShardCount kShards{2};
constexpr int kSites = 4;
/// Every second of them cancels.
constexpr int kCitizens = 300;
constexpr uint64_t kMemoryMib = 64;

KafkaBroker& Broker() {
  static const auto broker = KafkaBroker::Start();
  INVARIANT(broker.ok(), broker.status().ToString().c_str());
  return **broker;
}

/// A log of its own on the broker, with a worker for as long as one is wanted.
class VerifyOnKafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    const KafkaLogOptions options = Broker().NewLog();
    ASSERT_TRUE(CreateKafkaTopics(options, {.shards = kShards}).ok());
    auto log = KafkaLog::Open(options);
    ASSERT_TRUE(log.ok()) << log.status().ToString();
    log_ = *std::move(log);
    data_ = std::filesystem::path(testing::TempDir()) / log_->Id();
    auto worker = StartWorker(*log_, data_, kMemoryMib);
    ASSERT_TRUE(worker.ok()) << worker.status().ToString();
    worker_ = *std::move(worker);
  }

  void EndWorker() {
    ASSERT_TRUE(StopWorker(*worker_).ok());
    worker_.reset();
  }

  template <typename Message>
  std::vector<Offset> Publish(
      Topic topic,
      const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<std::string> values;
    for (const auto& [key, text] : texts) {
      Message message;
      INVARIANT(google::protobuf::TextFormat::ParseFromString(text, &message),
                text.c_str());
      values.push_back(Encode(message));
    }
    std::vector<NewRecord> records;
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string& key = texts[i].first;
      records.push_back({{topic, ShardOf(key, kShards)}, key, values[i]});
    }
    published_ += texts.size();
    auto offsets = log_->Append(records);
    EXPECT_TRUE(offsets.ok()) << offsets.status().ToString();
    return offsets.ok() ? *std::move(offsets) : std::vector<Offset>();
  }

  void OpenTheDay() {
    const int64_t now = absl::ToUnixMillis(absl::Now());
    const int64_t later = now + absl::ToInt64Milliseconds(absl::Hours(24));
    std::vector<std::pair<std::string, std::string>> operations;
    operations.emplace_back(
        "camp", fmt::format("operation_id: 'o-camp' define_campaign {{ "
                            "campaign {{ campaign_id: 'camp' cohorts {{ "
                            "born_from_yyyymmdd: 19000101 "
                            "born_to_yyyymmdd: 20200101 }} rounds {{ "
                            "opens_unix_ms: 1 closes_unix_ms: {} }} }} }}",
                            later));
    for (int site = 0; site < kSites; ++site) {
      const std::string id = fmt::format("s{}", site);
      operations.emplace_back(
          id, fmt::format("operation_id: 'o-{0}' define_site {{ site_id: '{0}' "
                          "name: '{0}' region: 'r' }}",
                          id));
      operations.emplace_back(
          id, fmt::format("operation_id: 'o-{0}-am' open_slots {{ "
                          "site_id: '{0}' slots {{ slot_id: 'am' "
                          "start_unix_ms: {1} end_unix_ms: {2} "
                          "capacity: {3} }} }}",
                          id, later, later + 1, kCitizens / kSites));
    }
    Publish<v1::Operation>(Topic::kOperations, operations);
    AwaitAnswers();
  }

  void Book(int first, int count) {
    std::vector<std::pair<std::string, std::string>> commands;
    for (int i = first; i < first + count; ++i) {
      const std::string id = fmt::format("c{}", i);
      const std::string head = fmt::format(
          "citizen_id: '{}' profile {{ birth_date_yyyymmdd: 19620712 }} ", id);
      commands.emplace_back(
          id, fmt::format("{} command_id: 'book' book {{ campaign_id: 'camp' "
                          "site_id: 's{}' slot_id: 'am' }}",
                          head, i % kSites));
      if (i % 2 == 0) continue;
      commands.emplace_back(id, head +
                                    "command_id: 'cancel' "
                                    "cancel { campaign_id: 'camp' }");
    }
    Publish<v1::Command>(Topic::kCommands, commands);
  }

  /// Until all that was published has its confirmation.
  void AwaitAnswers() {
    const absl::Time end = absl::Now() + absl::Seconds(30);
    for (size_t answers = 0; answers < published_;) {
      ASSERT_LT(absl::Now(), end) << answers << " of " << published_;
      answers = 0;
      for (Shard shard{0}; shard.value < kShards.value; ++shard) {
        answers += Records({Topic::kConfirmations, shard}).size();
      }
    }
  }

  std::vector<std::string> Records(TopicPartition partition) {
    const Position start{partition, Offset{0}};
    auto consumer = log_->OpenConsumer({&start, 1});
    INVARIANT(consumer.ok(), consumer.status().ToString().c_str());
    RecordStream stream(*log_, **consumer, partition, start.offset);
    std::vector<std::string> values;
    while (true) {
      auto record = stream.Peek();
      INVARIANT(record.ok(), record.status().ToString().c_str());
      if (*record == nullptr) return values;
      values.emplace_back((*record)->value);
      stream.Take();
    }
  }

  std::unique_ptr<KafkaLog> log_;
  std::filesystem::path data_;
  std::unique_ptr<Worker> worker_;
  size_t published_ = 0;
};

TEST_F(VerifyOnKafkaTest, ADayHoldsAndIsDecidedAgain) {
  OpenTheDay();
  Book(0, kCitizens);
  AwaitAnswers();
  EndWorker();

  const VerifyReport report = VerifyLog(*log_);
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.log_id, log_->Id());
  EXPECT_EQ(report.totals.commands, kCitizens * 3 / 2);
  EXPECT_EQ(report.totals.bookings, kCitizens);
  EXPECT_EQ(report.totals.bookings_standing, kCitizens / 2);
  EXPECT_EQ(report.in_flight.commands_undecided, 0);
  EXPECT_EQ(report.in_flight.messages, 0);

  const auto again = Redecide(*log_, {.batches = report.batches,
                                      .state = StateDirectory(data_),
                                      .threads = 2});
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->differences, std::vector<std::string>{});
  EXPECT_GT(again->rows, kCitizens);
}

TEST_F(VerifyOnKafkaTest, AnAnswerThatSomebodyElseWroteIsFound) {
  OpenTheDay();
  Book(0, 10);
  AwaitAnswers();
  EndWorker();
  ASSERT_EQ(OffencesOf(VerifyLog(*log_)), std::vector<std::string>{});

  const TopicPartition answers{Topic::kConfirmations, Shard{1}};
  const std::vector<std::string> written = Records(answers);
  v1::ConfirmationRecord forged;
  ASSERT_TRUE(forged.ParseFromString(written.back()));
  forged.set_number(forged.number() + 1);
  const std::string value = Encode(forged);
  ASSERT_TRUE(log_->Append({{{answers, "c1", value}}}).ok());

  EXPECT_THAT(OffencesOf(VerifyLog(*log_)),
              Contains(HasSubstr("no batch of events counts this record")));
}

TEST_F(VerifyOnKafkaTest, AnAnswerBetweenTwoBatchesIsFound) {
  OpenTheDay();
  const TopicPartition answers{Topic::kConfirmations, Shard{0}};
  const std::vector<std::string> written = Records(answers);
  ASSERT_FALSE(written.empty());
  ASSERT_TRUE(log_->Append({{{answers, "c1", written.back()}}}).ok());
  Book(0, 10);
  published_ += 1;
  AwaitAnswers();

  EXPECT_THAT(OffencesOf(VerifyLog(*log_)),
              Contains(HasSubstr("confirmation ")));
}

TEST_F(VerifyOnKafkaTest, HoldsWhileTheLogGrows) {
  OpenTheDay();
  std::atomic<bool> is_over = false;
  std::thread people([&] {
    for (int first = 0; !is_over; first += 20) Book(first, 20);
  });
  uint64_t commands = 0;
  for (int i = 0; i < 8; ++i) {
    const VerifyReport report = VerifyLog(*log_);
    EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
    EXPECT_GE(report.totals.commands, commands);
    commands = report.totals.commands;
    const auto again =
        Redecide(*log_, {.batches = report.batches, .threads = 1});
    ASSERT_TRUE(again.ok()) << again.status().ToString();
    EXPECT_EQ(again->differences, std::vector<std::string>{});
  }
  is_over = true;
  people.join();
  EXPECT_GT(commands, 0);
}

}  // namespace
}  // namespace slotlog::verify
