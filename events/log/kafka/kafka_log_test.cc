// What a log on Kafka does where the conformance suite cannot look: open
// transactions, topics that are wrong, brokers that are away. On a real broker.

#include "events/log/kafka/kafka_log.h"

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/invariant.h"
#include "events/log/kafka/admin.h"
#include "events/log/kafka/kafka_consumer.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"
#include "events/log/kafka/topics.h"
#include "tests/support/kafka_broker.h"

namespace slotlog {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
constexpr ShardCount kShards{1};
constexpr size_t kMany = size_t{1} << 30;
constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kStep = absl::Milliseconds(100);

/// One for all tests: starting it takes longer than they do.
KafkaBroker& Broker() {
  static const auto broker = KafkaBroker::Start();
  INVARIANT(broker.ok(), broker.status().ToString().c_str());
  return **broker;
}

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  INVARIANT(result.ok(), result.status().ToString().c_str());
  return *std::move(result);
}

std::unique_ptr<KafkaLog> NewLog(const KafkaLogOptions& options) {
  ValueOrDie(CreateKafkaTopics(options, {.shards = kShards}));
  return ValueOrDie(KafkaLog::Open(options));
}

absl::StatusOr<std::vector<Offset>> AppendTo(Log& log, std::string_view value) {
  const NewRecord record{.to = kEvents0, .key = "k", .value = value};
  return log.Append({&record, 1});
}

std::unique_ptr<Consumer> ConsumeAll(Log& log) {
  const Position from{kEvents0, Offset{0}};
  return ValueOrDie(log.OpenConsumer({&from, 1}));
}

/// What comes until the position is `end` or beyond.
std::vector<std::string> ValuesTo(Consumer& consumer, Offset end) {
  const absl::Time deadline = absl::Now() + kPatience;
  std::vector<std::string> values;
  while (consumer.Position(kEvents0) < end) {
    INVARIANT(absl::Now() < deadline, "the position reaches the end");
    const RecordBatch batch =
        ValueOrDie(consumer.Fetch(kEvents0, kMany, kMany));
    for (const Record& record : batch.records) {
      values.emplace_back(record.value);
    }
    if (batch.records.empty()) consumer.AwaitRecords(kStep);
  }
  return values;
}

/// A worker that dies in the middle of a transaction: its records are written
/// and neither committed nor aborted.
void DieInATransaction(const KafkaLogOptions& options, std::string_view id,
                       std::string_view value) {
  const auto on_delivery = [](rd_kafka_t*, const rd_kafka_message_t*, void*) {};
  const kafka::Client client =
      ValueOrDie(kafka::NewTransactionalClient(options, id, on_delivery));
  const kafka::TopicHandles topics(client.get(), options);
  INVARIANT(rd_kafka_init_transactions(client.get(), 30'000) == nullptr, "");
  INVARIANT(rd_kafka_begin_transaction(client.get()) == nullptr, "");
  kafka::Produce(topics, {.to = kEvents0, .key = "k", .value = value}, nullptr);
  INVARIANT(rd_kafka_flush(client.get(), 30'000) == 0, "it was written");
}

TEST(KafkaLogTest, OpenTransactionIsNotReadAndCountsAsHigh) {
  const KafkaLogOptions options = Broker().NewLog();
  const auto log = NewLog(options);
  ValueOrDie(AppendTo(*log, "before"));
  DieInATransaction(options, "shard-0", "never");
  ValueOrDie(AppendTo(*log, "behind"));

  const Watermarks open = ValueOrDie(log->WatermarksOf(kEvents0));
  EXPECT_EQ(open.last_stable, Offset{1});
  EXPECT_EQ(open.high, Offset{3});
  const auto consumer = ConsumeAll(*log);
  EXPECT_THAT(ValuesTo(*consumer, open.last_stable), ElementsAre("before"));
  consumer->AwaitRecords(3 * kStep);
  EXPECT_THAT(ValueOrDie(consumer->Fetch(kEvents0, kMany, kMany)).records,
              IsEmpty());

  // Who takes over ends it at once: what is behind it can be read.
  const auto successor = ValueOrDie(log->OpenProducer("shard-0", {}));
  const NewRecord record{.to = kEvents0, .key = "k", .value = "after"};
  EXPECT_EQ(ValueOrDie(successor->Commit({&record, 1})), CommitOutcome::kDone);
  const Watermarks closed = ValueOrDie(log->WatermarksOf(kEvents0));
  EXPECT_THAT(ValuesTo(*consumer, closed.high), ElementsAre("behind", "after"));
  EXPECT_THAT(ValuesTo(*ConsumeAll(*log), closed.high),
              ElementsAre("before", "behind", "after"));
}

TEST(KafkaLogTest, WhatIsGoneIsDataLossEachTime) {
  const KafkaLogOptions options = Broker().NewLog();
  const auto log = NewLog(options);
  ValueOrDie(AppendTo(*log, "all there is"));
  // Its log ended here, and the brokers lost their tail.
  const Position from{kEvents0, Offset{100}};
  const auto consumer =
      ValueOrDie(kafka::KafkaConsumer::Open(options, {&from, 1}));
  absl::Status fetched;
  while (fetched.ok()) {
    fetched = consumer->Fetch(kEvents0, kMany, kMany).status();
    consumer->AwaitRecords(kStep);
  }
  EXPECT_EQ(fetched.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(fetched.ToString(), HasSubstr("events/0 at offset 100"));
  EXPECT_EQ(consumer->Fetch(kEvents0, kMany, kMany).status(), fetched);
}

TEST(KafkaLogTest, LogWithoutTopicsIsNotFound) {
  const absl::Status opened = KafkaLog::Open(Broker().NewLog()).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(opened.ToString(), AllOf(HasSubstr(".commands, "),
                                       HasSubstr("slotlog topics create")));
}

TEST(KafkaLogTest, CreatingAgainChangesNothing) {
  const KafkaLogOptions options = Broker().NewLog();
  const auto first = ValueOrDie(CreateKafkaTopics(options, {.shards = {2}}));
  const auto again = ValueOrDie(CreateKafkaTopics(options, {.shards = {2}}));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.shards, ShardCount{2});
  EXPECT_EQ(CreateKafkaTopics(options, {.shards = {3}}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KafkaLogTest, EachWrongTopicIsNamed) {
  const KafkaLogOptions options = Broker().NewLog();
  const kafka::Client client =
      ValueOrDie(kafka::NewReader(options, kafka::Isolation::kReadCommitted));
  kafka::Admin admin(client.get(), kafka::PatienceMs(options));
  kafka::TopicConfig forgetful = kafka::ConfigOf(Topic::kEvents, 1);
  forgetful["retention.ms"] = "1000";
  kafka::TopicConfig stamped = kafka::ConfigOf(Topic::kCommands, 1);
  stamped["message.timestamp.type"] = "CreateTime";
  ASSERT_TRUE(
      admin
          .Make({{kafka::TopicName(options, Topic::kEvents), 1, 1, forgetful},
                 {kafka::TopicName(options, Topic::kCommands), 3, 1, stamped}})
          .ok());
  const absl::Status created =
      CreateKafkaTopics(options, {.shards = {1}}).status();
  EXPECT_EQ(created.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(created.ToString(),
              AllOf(HasSubstr("events: retention.ms is 1000 and must be -1"),
                    HasSubstr("commands: message.timestamp.type is CreateTime"),
                    HasSubstr("commands has 3 partitions and must have 1")));
  EXPECT_EQ(KafkaLog::Open(options).status(), created);
}

TEST(KafkaLogTest, WhereNobodyAnswersEverythingIsUnavailable) {
  KafkaLogOptions options;
  options.brokers = "127.0.0.1:1";
  options.patience = absl::Seconds(1);
  EXPECT_EQ(KafkaLog::Open(options).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(CreateKafkaTopics(options, {.shards = {1}}).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(KafkaLogTest, RecordThatIsTooLargeOrHasNoPlaceIsRefused) {
  const auto log = NewLog(Broker().NewLog());
  const std::string large((size_t{16} << 20) + 1, 'x');
  EXPECT_EQ(AppendTo(*log, large).status().code(),
            absl::StatusCode::kInvalidArgument);
  const NewRecord nowhere{{Topic::kEvents, Shard{1}}, "k", "v"};
  EXPECT_EQ(log->Append({&nowhere, 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const auto producer = ValueOrDie(log->OpenProducer("shard-0", {}));
  EXPECT_EQ(producer->Commit({&nowhere, 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  const std::string largest(kafka::kLogRecordBytesMax - 1, 'x');
  ASSERT_TRUE(AppendTo(*log, largest).ok());
  const NewRecord batch{kEvents0, "k", largest};
  EXPECT_EQ(ValueOrDie(producer->Commit({&batch, 1})), CommitOutcome::kDone);
  EXPECT_THAT(ValuesTo(*ConsumeAll(*log), Offset{2}),
              ElementsAre(largest, largest));
}

TEST(KafkaLogTest, KilledBrokerComesBackWithAllThatWasAcknowledged) {
  KafkaLogOptions options = Broker().NewLog();
  options.patience = absl::Seconds(5);
  const auto log = NewLog(options);
  const auto producer = ValueOrDie(log->OpenProducer("shard-0", {}));
  const NewRecord batch{.to = kEvents0, .key = "k", .value = "batch"};
  ASSERT_TRUE(AppendTo(*log, "appended").ok());
  ASSERT_EQ(ValueOrDie(producer->Commit({&batch, 1})), CommitOutcome::kDone);
  const auto consumer = ConsumeAll(*log);
  EXPECT_THAT(ValuesTo(*consumer, Offset{2}), ElementsAre("appended", "batch"));

  ASSERT_TRUE(Broker().Kill(1).ok());
  EXPECT_EQ(AppendTo(*log, "lost").status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(ValueOrDie(consumer->Fetch(kEvents0, 1, 1)).records.empty());
  ASSERT_TRUE(Broker().Restart(1).ok());

  // The same objects go on.
  EXPECT_TRUE(AppendTo(*log, "again").ok());
  const auto outcome = producer->Commit({&batch, 1});
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(*outcome, CommitOutcome::kDone);
  EXPECT_THAT(ValuesTo(*consumer, Offset{5}), ElementsAre("again", "batch"));
}

}  // namespace
}  // namespace slotlog
