#include "events/log/memory/memory_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slotlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using CommitFault = MemoryLog::CommitFault;

constexpr TopicPartition kCommands0{Topic::kCommands, Shard{0}};
constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
constexpr TopicPartition kInternal1{Topic::kInternal, Shard{1}};
constexpr size_t kMany = 1000;

class MemoryLogTest : public testing::Test {
 protected:
  // Commits a record to events/0 and one to internal/1.
  CommitOutcome CommitToBoth(TransactionalProducer& producer,
                             std::string_view value) {
    return *producer.Commit(
        {{{kEvents0, "key", value}, {kInternal1, "key", value}}});
  }

  std::unique_ptr<TransactionalProducer> OpenProducer() {
    return *log_.OpenProducer("shard-0", {});
  }

  std::vector<Offset> Append(TopicPartition to, std::string_view value) {
    return *log_.Append({{{to, "key", value}}});
  }

  std::unique_ptr<Consumer> Consume(TopicPartition partition) {
    return *log_.OpenConsumer(
        {{{partition, log_.WatermarksOf(partition)->low}}});
  }

  std::vector<std::string> ValuesOf(TopicPartition partition) {
    const RecordBatch batch =
        *Consume(partition)->Fetch(partition, kMany, kMany);
    std::vector<std::string> values;
    for (const Record& record : batch.records) {
      values.emplace_back(record.value);
    }
    return values;
  }

  // "low last-stable high".
  std::string WatermarksOf(TopicPartition partition) {
    const Watermarks watermarks = *log_.WatermarksOf(partition);
    return fmt::format("{} {} {}", watermarks.low.value,
                       watermarks.last_stable.value, watermarks.high.value);
  }

  absl::Time now_ = absl::UnixEpoch();
  MemoryLog log_{ShardCount{2}, [this] { return now_; }};
};

TEST_F(MemoryLogTest, MarkersTakeOffsets) {
  const auto producer = OpenProducer();
  EXPECT_EQ(Append(kEvents0, "a")[0], Offset{0});
  CommitToBoth(*producer, "b");
  EXPECT_EQ(Append(kEvents0, "c")[0], Offset{3});
  EXPECT_EQ(WatermarksOf(kEvents0), "0 4 4");
}

TEST_F(MemoryLogTest, StampsAreTheClocksAndNeverGoBack) {
  for (const int64_t now_us : {1'500'999, 1'499'000, 1'502'000}) {
    now_ = absl::FromUnixMicros(now_us);
    Append(kEvents0, "a");
  }
  const RecordBatch batch = *Consume(kEvents0)->Fetch(kEvents0, kMany, kMany);
  EXPECT_EQ(batch.records[0].timestamp, absl::FromUnixMillis(1500));
  EXPECT_EQ(batch.records[1].timestamp, absl::FromUnixMillis(1500));
  EXPECT_EQ(batch.records[2].timestamp, absl::FromUnixMillis(1502));
}

TEST_F(MemoryLogTest, RefusedCommitWritesNothingAndTheProducerGoesOn) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kRefused);
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kNotDone);
  EXPECT_EQ(WatermarksOf(kEvents0), "0 0 0");
  EXPECT_EQ(CommitToBoth(*producer, "b"), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("b"));
}

TEST_F(MemoryLogTest, UnknownCommitWasDone) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kUnknownButDone);
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kUnknown);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("a"));
}

TEST_F(MemoryLogTest, UnknownCommitStaysOpenUntilTheProducerIsOpenedAnew) {
  log_.FailNextCommit("shard-0", CommitFault::kUnknownAndOpen);
  EXPECT_EQ(CommitToBoth(*OpenProducer(), "lost"), CommitOutcome::kUnknown);
  Append(kEvents0, "behind it");
  EXPECT_EQ(WatermarksOf(kEvents0), "0 0 2");
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());

  const auto newer = OpenProducer();
  EXPECT_EQ(WatermarksOf(kEvents0), "0 3 3");
  EXPECT_EQ(CommitToBoth(*newer, "a"), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("behind it", "a"));
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("a"));
}

TEST_F(MemoryLogTest, OpenTransactionHoldsBackWhatOthersCommit) {
  log_.FailNextCommit("shard-0", CommitFault::kUnknownAndOpen);
  CommitToBoth(*OpenProducer(), "lost");
  const auto other = *log_.OpenProducer("shard-1", {});
  EXPECT_EQ(CommitToBoth(*other, "a"), CommitOutcome::kDone);
  EXPECT_EQ(WatermarksOf(kEvents0), "0 0 3");
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());
  OpenProducer();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
}

TEST_F(MemoryLogTest, TransactionsThatAreOpenAtOnceEndEachInItsWay) {
  log_.FailNextCommit("shard-0", CommitFault::kUnknownAndOpen);
  log_.FailNextCommit("shard-1", CommitFault::kMarkersLate, {kEvents0});
  CommitToBoth(*OpenProducer(), "lost");
  CommitToBoth(**log_.OpenProducer("shard-1", {}), "a");
  EXPECT_EQ(WatermarksOf(kEvents0), "0 0 2");
  OpenProducer();
  EXPECT_EQ(WatermarksOf(kEvents0), "0 1 3");
  log_.WriteLateMarkers();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
}

TEST_F(MemoryLogTest, ProducerThatDoesNotKnowMustBeOpenedAnew) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kUnknownAndOpen);
  CommitToBoth(*producer, "lost");
  EXPECT_EQ(producer->Commit({}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(MemoryLogTest, LateMarkersHoldBackTheirPartitionsOnly) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kMarkersLate, {kEvents0});
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("a"));
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());
  EXPECT_EQ(WatermarksOf(kEvents0), "0 0 1");

  CommitToBoth(*OpenProducer(), "b");
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("a", "b"));
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());

  log_.WriteLateMarkers();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b"));
  EXPECT_EQ(WatermarksOf(kEvents0), "0 4 4");
}

TEST_F(MemoryLogTest, UnknownCommitMayHaveLateMarkersToo) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kUnknownButDone, {kEvents0});
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kUnknown);
  EXPECT_THAT(ValuesOf(kEvents0), IsEmpty());
  log_.WriteLateMarkers();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
}

TEST_F(MemoryLogTest, FaultsThatAreForgottenDoNotCome) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kRefused);
  log_.FailNextAppend(absl::ResourceExhaustedError("full"));
  log_.ForgetPlannedFaults();
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kDone);
  EXPECT_TRUE(log_.Append({{{kEvents0, "", "b"}}}).ok());
}

TEST_F(MemoryLogTest, TornTransactionLosesWhatItHadInSomePartitions) {
  const auto producer = OpenProducer();
  log_.FailNextCommit("shard-0", CommitFault::kTorn, {kInternal1});
  EXPECT_EQ(CommitToBoth(*producer, "a"), CommitOutcome::kDone);
  EXPECT_EQ(CommitToBoth(*producer, "b"), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b"));
  EXPECT_THAT(ValuesOf(kInternal1), ElementsAre("b"));
}

TEST_F(MemoryLogTest, FaultsBefallCommitsInTheirOrderAndNobodyElse) {
  log_.FailNextCommit("shard-0", CommitFault::kRefused);
  log_.FailNextCommit("shard-0", CommitFault::kUnknownButDone);
  const auto older = OpenProducer();
  const auto producer = OpenProducer();
  EXPECT_EQ(CommitToBoth(*older, "x"), CommitOutcome::kFenced);
  EXPECT_EQ(CommitToBoth(**log_.OpenProducer("shard-1", {}), "a"),
            CommitOutcome::kDone);
  EXPECT_EQ(CommitToBoth(*producer, "b"), CommitOutcome::kNotDone);
  EXPECT_EQ(CommitToBoth(*producer, "c"), CommitOutcome::kUnknown);
  EXPECT_EQ(CommitToBoth(*OpenProducer(), "d"), CommitOutcome::kDone);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "c", "d"));
}

TEST_F(MemoryLogTest, FailedAppendLeavesAsManyRecordsAsPlanned) {
  log_.FailNextAppend(absl::ResourceExhaustedError("the disk is full"), 1);
  EXPECT_EQ(
      log_.Append({{{kCommands0, "", "a"}, {kCommands0, "", "b"}}}).status(),
      absl::ResourceExhaustedError("the disk is full"));
  Append(kCommands0, "c");
  EXPECT_THAT(ValuesOf(kCommands0), ElementsAre("a", "c"));
}

TEST_F(MemoryLogTest, DroppedTailIsGoneAndReadersBeyondItAreTold) {
  Append(kEvents0, "a");
  Append(kEvents0, "b");
  Append(kEvents0, "c");
  const auto behind = Consume(kEvents0);
  const auto beyond = *log_.OpenConsumer({{{kEvents0, Offset{3}}}});
  log_.DropTail(kEvents0, Offset{1});
  EXPECT_EQ(WatermarksOf(kEvents0), "0 1 1");
  EXPECT_EQ(behind->Fetch(kEvents0, kMany, kMany)->records.size(), 1U);
  beyond->AwaitRecords(absl::InfiniteDuration());
  EXPECT_EQ(beyond->Fetch(kEvents0, kMany, kMany).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(Append(kEvents0, "d")[0], Offset{1});
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "d"));
}

TEST_F(MemoryLogTest, DroppedTailTakesOpenTransactionsWithIt) {
  log_.FailNextCommit("shard-0", CommitFault::kUnknownAndOpen);
  CommitToBoth(*OpenProducer(), "lost");
  log_.DropTail(kEvents0, Offset{0});
  Append(kEvents0, "a");
  OpenProducer();
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a"));
  EXPECT_EQ(WatermarksOf(kEvents0), "0 1 1");
}

TEST_F(MemoryLogTest, DroppedRecordsLiveAsLongAsTheirBatch) {
  const std::string large(size_t{1} << 20, 'l');
  Append(kEvents0, large);
  const RecordBatch batch = *Consume(kEvents0)->Fetch(kEvents0, kMany, kMany);
  log_.DropTail(kEvents0, Offset{0});
  EXPECT_TRUE(batch.records[0].value == large);
}

TEST_F(MemoryLogTest, DroppedHeadIsOutOfRange) {
  Append(kCommands0, "a");
  Append(kCommands0, "b");
  const auto behind = Consume(kCommands0);
  log_.DropHead(kCommands0, Offset{1});
  EXPECT_EQ(WatermarksOf(kCommands0), "1 2 2");
  EXPECT_THAT(ValuesOf(kCommands0), ElementsAre("b"));
  EXPECT_EQ(log_.OpenConsumer({{{kCommands0, Offset{0}}}}).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(behind->Fetch(kCommands0, kMany, kMany).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace slotlog
