// What every log promises of transactions, of waiting, to many threads at once,
// and of what is there when it is opened again.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <stop_token>
#include <thread>

#include "tests/conformance/log_conformance.h"

namespace slotlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

std::vector<TopicPartition> AllEvents() {
  std::vector<TopicPartition> partitions;
  for (Shard shard; shard.value < kConformanceShards.value; ++shard) {
    partitions.push_back({Topic::kEvents, shard});
  }
  return partitions;
}

// --- Transactions ---

TEST_P(LogConformance, TransactionIsReadInAllItsPartitions) {
  const auto producer = OpenProducer("shard-0");
  EXPECT_EQ(Commit(*producer, {{kEvents0, "k", "batch"},
                               {kConfirmations0, "k", "c1"},
                               {kInternal1, "k", "message"},
                               {kConfirmations0, "k", "c2"}}),
            CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("batch"));
  EXPECT_THAT(ValuesOf(kConfirmations0), ElementsAre("c1", "c2"));
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("message"));
}

TEST_P(LogConformance, EmptyTransactionIsDone) {
  const auto producer = OpenProducer("idle");
  EXPECT_EQ(Commit(*producer, {}), CommitOutcome::kDone);
  EXPECT_EQ(Commit(*producer, {{kEvents0, "", "a"}}), CommitOutcome::kDone);
  EXPECT_EQ(Commit(*producer, {}), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
}

TEST_P(LogConformance, LongTransactionKeepsItsOrder) {
  std::vector<std::string> values;
  for (int i = 0; i < 2000; ++i) values.push_back(std::to_string(i));
  std::vector<NewRecord> records;
  for (const std::string& value : values) {
    records.push_back({kEvents0, "", value});
    records.push_back({kEvents1, "", value});
  }
  EXPECT_EQ(Commit(*OpenProducer("long"), records), CommitOutcome::kDone);
  EXPECT_EQ(ValuesOf(kEvents0), values);
  EXPECT_EQ(ValuesOf(kEvents1), values);
}

TEST_P(LogConformance, PositionGoesBeyondWhatIsNoRecord) {
  const auto producer = OpenProducer("marked");
  const auto consumer = ConsumeAll({kEvents0});
  for (const std::string_view value : {"a", "b", "c"}) {
    Commit(*producer, {{kEvents0, "", value}});
    const Offset high = WatermarksOf(kEvents0).high;
    const std::vector<ReadRecord> records = ReadTo(*consumer, kEvents0, high);
    ASSERT_THAT(records, SizeIs(1));
    EXPECT_EQ(records[0].value, value);
    EXPECT_GE(consumer->Position(kEvents0), high);
  }
}

TEST_P(LogConformance, AppendsAndTransactionsKeepTheirOrder) {
  const auto one = OpenProducer("one");
  const auto other = OpenProducer("other");
  AppendTo(kInternal1, {"a"});
  Commit(*one, {{kInternal1, "", "b"}});
  Commit(*other, {{kInternal1, "", "c"}});
  AppendTo(kInternal1, {"d"});
  Commit(*one, {{kInternal1, "", "e"}});
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_P(LogConformance, OlderProducerIsFencedAndItsRecordsAreNeverRead) {
  const auto older = OpenProducer("shard-0");
  Commit(*older, {{kEvents0, "", "a"}});
  const auto newer = OpenProducer("shard-0");
  EXPECT_EQ(Commit(*older, {{kEvents0, "", "x"}, {kInternal1, "", "x"}}),
            CommitOutcome::kFenced);
  EXPECT_EQ(Commit(*newer, {{kEvents0, "", "b"}}), CommitOutcome::kDone);
  EXPECT_EQ(Commit(*older, {{kEvents0, "", "y"}}), CommitOutcome::kFenced);
  EXPECT_EQ(Commit(*newer, {{kEvents0, "", "c"}}), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ValuesOf(kInternal1), IsEmpty());
}

TEST_P(LogConformance, WhoDoesNotWantItsProducerAnyMoreFencesNobody) {
  const auto owner = OpenProducer("shard-0");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(log().OpenProducer("shard-0", stop.get_token()).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(Commit(*owner, {{kEvents0, "", "a"}}), CommitOutcome::kDone);
}

TEST_P(LogConformance, ProducerMadeReadyFencesNobodyUntilItIsOpened) {
  const auto owner = OpenProducer("shard-0");
  EXPECT_TRUE(log().PrepareProducer("shard-0").ok());
  EXPECT_TRUE(log().PrepareProducer("shard-0").ok());
  EXPECT_EQ(Commit(*owner, {{kEvents0, "", "a"}}), CommitOutcome::kDone);
  const auto successor = OpenProducer("shard-0");
  EXPECT_EQ(Commit(*owner, {{kEvents0, "", "x"}}), CommitOutcome::kFenced);
  EXPECT_EQ(Commit(*successor, {{kEvents0, "", "b"}}), CommitOutcome::kDone);
  // The next one has to be another.
  const auto next = OpenProducer("shard-0");
  EXPECT_EQ(Commit(*successor, {{kEvents0, "", "x"}}), CommitOutcome::kFenced);
  EXPECT_EQ(Commit(*next, {{kEvents0, "", "c"}}), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b", "c"));
  // This one goes with the log.
  EXPECT_TRUE(log().PrepareProducer("shard-1").ok());
}

TEST_P(LogConformance, OtherTransactionalIdsAreNotFenced) {
  const auto one = OpenProducer("shard-0");
  const auto other = OpenProducer("shard-1");
  OpenProducer("shard-1");
  EXPECT_EQ(Commit(*one, {{kEvents0, "", "a"}}), CommitOutcome::kDone);
  EXPECT_EQ(Commit(*other, {{kEvents1, "", "b"}}), CommitOutcome::kFenced);
}

TEST_P(LogConformance, ProducerOpenedAnewContinues) {
  for (const std::string_view value : {"a", "b", "c"}) {
    EXPECT_EQ(Commit(*OpenProducer("shard-0"), {{kEvents0, "", value}}),
              CommitOutcome::kDone);
  }
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b", "c"));
}

// --- Waiting ---

TEST_P(LogConformance, AwaitRecordsWakesForAnAppend) {
  ExpectToWake(kCommands0, [this] { AppendTo(kCommands0, {"a"}); });
}

TEST_P(LogConformance, AwaitRecordsWakesForACommit) {
  const auto producer = OpenProducer("waker");
  ExpectToWake(kEvents0, [&] { Commit(*producer, {{kEvents0, "", "a"}}); });
}

TEST_P(LogConformance, AwaitRecordsEndsIfSomePartitionHasRecords) {
  AppendTo(kEvents1, {"a"});
  const auto consumer = ConsumeAll({kEvents0, kEvents1});
  ExpectAwaitToEnd(*consumer);
}

TEST_P(LogConformance, AwaitRecordsEndsByItsTimeout) {
  AppendTo(kEvents1, {"elsewhere"});
  const auto consumer = ConsumeAll({kEvents0});
  consumer->AwaitRecords(absl::ZeroDuration());
  consumer->AwaitRecords(absl::Milliseconds(20));
  EXPECT_THAT(Fetch(*consumer, kEvents0, kMany, kMany).records, IsEmpty());
}

// --- Threads ---

TEST_P(LogConformance, EveryRecordOfManyWritersIsReadOnceAndInOrder) {
  constexpr int kAppenders = 3;
  constexpr int kCommitters = 2;
  constexpr int kWrites = 50;
  const auto write = [this](int writer) {
    const std::string key = fmt::format("writer-{}", writer);
    const auto producer = OpenProducer(key);
    for (int i = 0; i < kWrites; ++i) {
      const std::string value = std::to_string(i);
      std::vector<NewRecord> records;
      for (const TopicPartition to : AllEvents()) {
        records.push_back({.to = to, .key = key, .value = value});
      }
      if (writer < kAppenders) {
        Append(records);
      } else {
        EXPECT_EQ(Commit(*producer, records), CommitOutcome::kDone);
      }
    }
  };
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kAppenders + kCommitters; ++writer) {
    writers.emplace_back(write, writer);
  }
  const auto consumer = ConsumeAll(AllEvents());
  for (const TopicPartition partition : AllEvents()) {
    std::map<std::string, int> next;
    for (int left = (kAppenders + kCommitters) * kWrites; left > 0;) {
      const RecordBatch batch = FetchSome(*consumer, partition, 7, kMany);
      for (const Record& record : batch.records) {
        const int expected = next[std::string(record.key)]++;
        EXPECT_EQ(record.value, std::to_string(expected)) << record.key;
        --left;
      }
    }
  }
  for (std::thread& writer : writers) writer.join();
  for (const TopicPartition partition : AllEvents()) {
    EXPECT_THAT(ReadRest(*consumer, partition), IsEmpty());
  }
}

TEST_P(LogConformance, WhatRivalsAreToldIsWhatIsRead) {
  constexpr int kRivals = 3;
  constexpr int kCommits = 10;
  std::vector<std::vector<std::string>> done(kRivals);
  std::vector<std::thread> rivals;
  for (int rival = 0; rival < kRivals; ++rival) {
    rivals.emplace_back([this, rival, &done] {
      for (int i = 0; i < kCommits; ++i) {
        const std::string value = fmt::format("{} of {}", i, rival);
        const CommitOutcome outcome =
            Commit(*OpenProducer("contested"), {{kEvents0, "", value}});
        if (outcome == CommitOutcome::kDone) done[rival].push_back(value);
      }
    });
  }
  for (std::thread& rival : rivals) rival.join();
  std::vector<std::string> all;
  for (const auto& values : done) {
    all.insert(all.end(), values.begin(), values.end());
  }
  EXPECT_THAT(all, Not(IsEmpty()));
  EXPECT_THAT(ValuesOf(kEvents0), UnorderedElementsAreArray(all));
}

// --- Logs that are opened again ---

TEST_P(LogConformance, WhatWasAcknowledgedIsThereAfterReopening) {
  if (!GetParam().is_durable) GTEST_SKIP() << "this log is volatile";
  const std::string id = log().Id();
  AppendTo(kEvents0, {"a", "b"});
  Commit(*OpenProducer("shard-0"),
         {{kEvents0, "", "c"}, {kInternal1, "", "m"}});
  AppendTo(kEvents0, {"d"});
  const std::vector<ReadRecord> before = ReadAll(kEvents0);
  const Watermarks watermarks = WatermarksOf(kEvents0);
  for (int i = 0; i < 3; ++i) {
    Reopen();
    EXPECT_EQ(log().Id(), id);
    EXPECT_EQ(log().Shards(), kConformanceShards);
    EXPECT_EQ(ReadAll(kEvents0), before);
    EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("m"));
    EXPECT_EQ(WatermarksOf(kEvents0).low, watermarks.low);
    EXPECT_EQ(WatermarksOf(kEvents0).last_stable, watermarks.last_stable);
    EXPECT_EQ(WatermarksOf(kEvents0).high, watermarks.high);
  }
}

TEST_P(LogConformance, EmptyLogIsReopened) {
  if (!GetParam().is_durable) GTEST_SKIP() << "this log is volatile";
  const std::string id = log().Id();
  Reopen();
  EXPECT_EQ(log().Id(), id);
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());
}

TEST_P(LogConformance, PositionsAndTimesContinueAfterReopening) {
  if (!GetParam().is_durable) GTEST_SKIP() << "this log is volatile";
  AppendTo(kEvents0, {"a", "b"});
  auto consumer = ConsumeAll({kEvents0});
  ReadRest(*consumer, kEvents0);
  const Offset position = consumer->Position(kEvents0);
  consumer.reset();
  const ReadRecord last = ReadAll(kEvents0).back();
  Reopen();
  EXPECT_GT(AppendTo(kEvents0, {"c"})[0], last.offset);
  consumer = Consume({{kEvents0, position}});
  const std::vector<ReadRecord> rest = ReadRest(*consumer, kEvents0);
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].value, "c");
  EXPECT_GE(rest[0].timestamp, last.timestamp);
}

TEST_P(LogConformance, ProducersAreOpenedAnewAfterReopening) {
  if (!GetParam().is_durable) GTEST_SKIP() << "this log is volatile";
  Commit(*OpenProducer("shard-0"), {{kEvents0, "", "a"}});
  Reopen();
  const auto older = OpenProducer("shard-0");
  const auto newer = OpenProducer("shard-0");
  EXPECT_EQ(Commit(*older, {{kEvents0, "", "x"}}), CommitOutcome::kFenced);
  EXPECT_EQ(Commit(*newer, {{kEvents0, "", "b"}}), CommitOutcome::kDone);
  Reopen();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace slotlog
