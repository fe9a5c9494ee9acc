// What every log promises of its records: how they are appended and read.

#include <gmock/gmock.h>

#include "tests/conformance/log_conformance.h"

namespace slotlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// All 256 bytes, over and over.
std::string AllBytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}

std::vector<Offset> OffsetsOf(const std::vector<ReadRecord>& records) {
  std::vector<Offset> offsets;
  for (const ReadRecord& record : records) offsets.push_back(record.offset);
  return offsets;
}

// --- Appends ---

TEST_P(LogConformance, HasAnIdAndItsShards) {
  EXPECT_NE(log().Id(), "");
  EXPECT_EQ(log().Id(), log().Id());
  EXPECT_EQ(log().Shards(), kConformanceShards);
}

TEST_P(LogConformance, AnotherLogHasAnotherId) {
  const OpenLog open_other = GetParam().new_log();
  const absl::StatusOr<std::unique_ptr<Log>> other = open_other();
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE((*other)->Id(), log().Id());
}

TEST_P(LogConformance, RecordsComeBackAtTheirOffsets) {
  const std::vector<Offset> offsets = Append({{kCommands0, "k1", "v1"},
                                              {kCommands0, "k2", "v2"},
                                              {kCommands0, "k1", "v3"}});
  const std::vector<ReadRecord> records = ReadAll(kCommands0);
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(OffsetsOf(records), offsets);
  EXPECT_LT(offsets[0], offsets[1]);
  EXPECT_LT(offsets[1], offsets[2]);
  EXPECT_EQ(records[1].key, "k2");
  EXPECT_EQ(records[1].value, "v2");
  EXPECT_EQ(records[2].key, "k1");
  EXPECT_EQ(records[2].value, "v3");
}

TEST_P(LogConformance, ATraceParentComesBackWithItsRecord) {
  Append({{kCommands0, "k1", "v1", "trace"},
          {kCommands0, "k2", "v2"},
          {kCommands0, "", "", std::string(65'535, 't')}});
  const auto producer = OpenProducer("p");
  const NewRecord record{kCommands0, "k3", "v3", "other"};
  ASSERT_EQ(producer->Commit({&record, 1}).value(), CommitOutcome::kDone);
  const std::vector<ReadRecord> records = ReadAll(kCommands0);
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_EQ(records[0].traceparent, "trace");
  EXPECT_EQ(records[0].key, "k1");
  EXPECT_EQ(records[0].value, "v1");
  EXPECT_EQ(records[1].traceparent, "");
  EXPECT_EQ(records[1].value, "v2");
  EXPECT_THAT(records[2].traceparent, SizeIs(65'535));
  EXPECT_EQ(records[3].traceparent, "other");
  EXPECT_EQ(records[3].value, "v3");
}

TEST_P(LogConformance, LaterAppendsGetGreaterOffsets) {
  std::vector<Offset> offsets;
  for (const std::string_view value : {"a", "b", "c"}) {
    offsets.push_back(AppendTo(kEvents0, {value})[0]);
  }
  EXPECT_LT(offsets[0], offsets[1]);
  EXPECT_LT(offsets[1], offsets[2]);
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "b", "c"));
}

TEST_P(LogConformance, OneAppendReachesManyPartitions) {
  const std::vector<Offset> offsets = Append({{kEvents0, "", "a"},
                                              {kEvents1, "", "b"},
                                              {kEvents0, "", "c"},
                                              {kCommands0, "", "d"},
                                              {kEvents1, "", "e"}});
  ASSERT_THAT(offsets, SizeIs(5));
  EXPECT_THAT(OffsetsOf(ReadAll(kEvents0)),
              ElementsAre(offsets[0], offsets[2]));
  EXPECT_THAT(OffsetsOf(ReadAll(kEvents1)),
              ElementsAre(offsets[1], offsets[4]));
  EXPECT_THAT(ValuesOf(kEvents0), ElementsAre("a", "c"));
  EXPECT_THAT(ValuesOf(kEvents1), ElementsAre("b", "e"));
  EXPECT_THAT(ValuesOf(kCommands0), ElementsAre("d"));
}

TEST_P(LogConformance, EveryTopicAndShardIsAPartitionOfItsOwn) {
  std::vector<TopicPartition> partitions;
  for (const Topic topic : kTopics) {
    for (Shard shard; shard.value < kConformanceShards.value; ++shard) {
      partitions.push_back({topic, shard});
    }
  }
  for (const TopicPartition partition : partitions) {
    AppendTo(partition, {DebugString(partition)});
  }
  for (const TopicPartition partition : partitions) {
    EXPECT_THAT(ValuesOf(partition), ElementsAre(DebugString(partition)));
  }
}

TEST_P(LogConformance, AppendOfNothingGivesNoOffsets) {
  EXPECT_THAT(Append({}), IsEmpty());
}

TEST_P(LogConformance, EmptyKeysAndValuesAreRecords) {
  Append({{kEvents0, "", "v"}, {kEvents0, "k", ""}, {kEvents0, "", ""}});
  const std::vector<ReadRecord> records = ReadAll(kEvents0);
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[0].key + "=" + records[0].value, "=v");
  EXPECT_EQ(records[1].key + "=" + records[1].value, "k=");
  EXPECT_EQ(records[2].key + "=" + records[2].value, "=");
}

TEST_P(LogConformance, KeysAndValuesAreAnyBytes) {
  const std::string key = AllBytes(256);
  const std::string value = AllBytes(1000);
  Append({{kEvents0, key, value}});
  const std::vector<ReadRecord> records = ReadAll(kEvents0);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].key, key);
  EXPECT_EQ(records[0].value, value);
}

TEST_P(LogConformance, LargeValuesComeBack) {
  const std::string large = AllBytes(size_t{900} << 10);
  const std::string other(size_t{900} << 10, 'x');
  AppendTo(kEvents0, {large, other, large});
  const auto producer = OpenProducer("large");
  ASSERT_EQ(Commit(*producer, {{kEvents0, "", other}, {kEvents0, "", large}}),
            CommitOutcome::kDone);
  const bool equal =
      ValuesOf(kEvents0) ==
      std::vector<std::string>{large, other, large, other, large};
  EXPECT_TRUE(equal) << "too long to print";
}

TEST_P(LogConformance, TimestampsAreWholeMillisecondsAndNeverDecrease) {
  const auto producer = OpenProducer("stamped");
  for (int i = 0; i < 5; ++i) {
    AppendTo(kEvents0, {"a", "b"});
    Commit(*producer, {{kEvents0, "", "c"}});
  }
  absl::Time last = absl::UnixEpoch();
  for (const ReadRecord& record : ReadAll(kEvents0)) {
    EXPECT_GE(record.timestamp, last);
    last = record.timestamp;
    EXPECT_EQ(last, absl::FromUnixMillis(absl::ToUnixMillis(last)));
  }
  EXPECT_GT(last, absl::UnixEpoch());
}

// --- Reading ---

TEST_P(LogConformance, FetchOfAnEmptyPartitionIsEmpty) {
  AppendTo(kEvents1, {"elsewhere"});
  const auto consumer = ConsumeAll({kEvents0});
  EXPECT_THAT(Fetch(*consumer, kEvents0, kMany, kMany).records, IsEmpty());
  EXPECT_EQ(consumer->Position(kEvents0), WatermarksOf(kEvents0).low);
}

TEST_P(LogConformance, FetchGivesAtMostRecordsMax) {
  AppendTo(kEvents0, {"a", "b", "c", "d", "e"});
  const auto consumer = ConsumeAll({kEvents0});
  std::vector<std::string> values;
  while (values.size() < 5) {
    const RecordBatch batch = FetchSome(*consumer, kEvents0, 2, kMany);
    EXPECT_LE(batch.records.size(), 2U);
    for (const Record& record : batch.records) {
      values.emplace_back(record.value);
      EXPECT_GT(consumer->Position(kEvents0), record.offset);
    }
  }
  EXPECT_THAT(values, ElementsAre("a", "b", "c", "d", "e"));
}

TEST_P(LogConformance, FetchGivesAtMostAboutBytesMax) {
  const std::string value(10'000, 'v');
  AppendTo(kEvents0, std::vector<std::string_view>(20, value));
  const auto consumer = ConsumeAll({kEvents0});
  size_t records = 0;
  while (records < 20) {
    const RecordBatch batch = FetchSome(*consumer, kEvents0, kMany, 25'000);
    EXPECT_LE(batch.records.size(), 3U);
    records += batch.records.size();
  }
  EXPECT_EQ(records, 20U);
}

TEST_P(LogConformance, FetchGivesOneRecordThatIsLargerThanBytesMax) {
  AppendTo(kEvents0, {"larger than one byte", "and another"});
  const auto consumer = ConsumeAll({kEvents0});
  for (const std::string_view value : {"larger than one byte", "and another"}) {
    const RecordBatch batch = FetchSome(*consumer, kEvents0, kMany, 1);
    ASSERT_THAT(batch.records, SizeIs(1));
    EXPECT_EQ(batch.records[0].value, value);
  }
}

TEST_P(LogConformance, RecordsLiveAsLongAsTheirBatch) {
  const std::string large(100'000, 'l');
  AppendTo(kEvents0, {large});
  auto consumer = ConsumeAll({kEvents0});
  const RecordBatch batch = FetchSome(*consumer, kEvents0, 1, kMany);
  for (int i = 0; i < 10; ++i) AppendTo(kEvents0, {std::string(100'000, 'm')});
  ReadRest(*consumer, kEvents0);
  consumer.reset();
  EXPECT_TRUE(batch.records[0].key == "key" && batch.records[0].value == large);
}

TEST_P(LogConformance, ConsumersAreIndependent) {
  AppendTo(kEvents0, {"a", "b"});
  const auto one = ConsumeAll({kEvents0});
  const auto other = ConsumeAll({kEvents0});
  EXPECT_EQ(FetchSome(*one, kEvents0, 1, kMany).records[0].value, "a");
  EXPECT_EQ(FetchSome(*one, kEvents0, 1, kMany).records[0].value, "b");
  EXPECT_EQ(FetchSome(*other, kEvents0, 1, kMany).records[0].value, "a");
}

TEST_P(LogConformance, PartitionsOfAConsumerAdvanceByThemselves) {
  AppendTo(kEvents0, {"a0", "b0"});
  AppendTo(kEvents1, {"a1", "b1"});
  const auto consumer = ConsumeAll({kEvents0, kEvents1});
  EXPECT_EQ(FetchSome(*consumer, kEvents0, 1, kMany).records[0].value, "a0");
  EXPECT_EQ(FetchSome(*consumer, kEvents0, 1, kMany).records[0].value, "b0");
  EXPECT_EQ(FetchSome(*consumer, kEvents1, 1, kMany).records[0].value, "a1");
}

TEST_P(LogConformance, ConsumerStartsAtAnyOffset) {
  const std::vector<Offset> offsets = AppendTo(kEvents0, {"a", "b", "c"});
  for (size_t i = 0; i < offsets.size(); ++i) {
    const auto consumer = Consume({{kEvents0, offsets[i]}});
    EXPECT_EQ(consumer->Position(kEvents0), offsets[i]);
    EXPECT_EQ(FetchSome(*consumer, kEvents0, 1, kMany).records[0].offset,
              offsets[i]);
  }
}

TEST_P(LogConformance, ConsumerStartsRightAfterATransaction) {
  const auto producer = OpenProducer("marked");
  Commit(*producer, {{kEvents0, "", "a"}});
  const Offset after = ReadAll(kEvents0)[0].offset + 1;
  Commit(*producer, {{kEvents0, "", "b"}});
  const auto consumer = Consume({{kEvents0, after}});
  EXPECT_EQ(FetchSome(*consumer, kEvents0, 1, kMany).records[0].value, "b");
}

TEST_P(LogConformance, ConsumerAtTheEndReadsOnlyWhatIsNew) {
  AppendTo(kEvents0, {"old"});
  const auto consumer = Consume({{kEvents0, WatermarksOf(kEvents0).high}});
  EXPECT_THAT(Fetch(*consumer, kEvents0, kMany, kMany).records, IsEmpty());
  AppendTo(kEvents0, {"new"});
  EXPECT_EQ(FetchSome(*consumer, kEvents0, 1, kMany).records[0].value, "new");
}

TEST_P(LogConformance, OffsetsOutsideTheLogAreOutOfRange) {
  AppendTo(kEvents0, {"a"});
  const Watermarks watermarks = WatermarksOf(kEvents0);
  for (const Offset outside :
       {Offset{watermarks.low.value - 1}, watermarks.high + 1}) {
    const Position from[] = {{kEvents1, WatermarksOf(kEvents1).low},
                             {kEvents0, outside}};
    EXPECT_EQ(log().OpenConsumer(from).status().code(),
              absl::StatusCode::kOutOfRange)
        << outside.value;
  }
}

TEST_P(LogConformance, WatermarksOfAnEmptyPartitionAreEqual) {
  const Watermarks watermarks = WatermarksOf(kEvents0);
  EXPECT_EQ(watermarks.low, watermarks.last_stable);
  EXPECT_EQ(watermarks.low, watermarks.high);
}

TEST_P(LogConformance, WatermarksFollowTheRecords) {
  const Watermarks before = WatermarksOf(kEvents0);
  const Offset last = AppendTo(kEvents0, {"a", "b"})[1];
  Commit(*OpenProducer("followed"), {{kEvents0, "", "c"}});
  ReadAll(kEvents0);
  const Watermarks after = WatermarksOf(kEvents0);
  EXPECT_EQ(after.low, before.low);
  EXPECT_GT(after.high, last + 1);
  EXPECT_EQ(after.last_stable, after.high);
  const Watermarks untouched = WatermarksOf(kEvents1);
  EXPECT_EQ(untouched.low, untouched.high);
}

}  // namespace
}  // namespace slotlog
