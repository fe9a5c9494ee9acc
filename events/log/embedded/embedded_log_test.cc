#include "events/log/embedded/embedded_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "events/log/embedded/embedded_log_fixture.h"
#include "events/log/embedded/frame.h"

namespace slotlog {
namespace {

using Strings = std::vector<std::string>;

class EmbeddedLogTest : public EmbeddedLogFixture {};

/// A disk whose locks a killed process has for so many looks longer.
class DiskOfTheKilled : public SimulatedFileSystem {
 public:
  explicit DiskOfTheKilled(int looks) : looks_left_(looks) {}

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::filesystem::path& path, LockKind kind) override {
    if (looks_left_-- > 0) return absl::FailedPreconditionError("locked");
    return SimulatedFileSystem::Lock(path, kind);
  }

 private:
  int looks_left_;
};

// --- Opening ---

TEST_F(EmbeddedLogTest, ANewLogNeedsANumberOfShards) {
  options_.shards = ShardCount{0};
  EXPECT_EQ(TryOpen().code(), absl::StatusCode::kNotFound);
  options_.shards = ShardCount{3};
  Open();
  Close();
  options_.shards = ShardCount{0};
  Open();
  EXPECT_EQ(log_->Shards(), ShardCount{3});
}

TEST_F(EmbeddedLogTest, AnotherNumberOfShardsIsRefused) {
  Open();
  Close();
  options_.shards = ShardCount{4};
  EXPECT_EQ(TryOpen().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedLogTest, OneWriterAtATime) {
  Open();
  const auto second = EmbeddedLog::Open("log", options_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  Reopen();
}

TEST_F(EmbeddedLogTest, ReadersKeepTheWriterOutAndEachOtherNot) {
  Open();
  ASSERT_TRUE(Append("a").ok());
  EmbeddedLogOptions reading = options_;
  reading.read_only = true;
  EXPECT_EQ(EmbeddedLog::Open("log", reading).status().code(),
            absl::StatusCode::kFailedPrecondition);
  OpenReadOnly();
  EXPECT_TRUE(EmbeddedLog::Open("log", reading).ok());
  options_.read_only = false;
  EXPECT_EQ(EmbeddedLog::Open("log", options_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedLogTest, ALockThatAKilledProcessHasForAMomentIsAwaited) {
  Open();
  Close();
  for (const bool read_only : {false, true}) {
    DiskOfTheKilled disk(/*looks=*/3);
    disk.SetContents(kJournal, Journal());
    options_.file_system = &disk;
    options_.read_only = read_only;
    options_.lock_patience = absl::ZeroDuration();
    EXPECT_EQ(TryOpen().code(), absl::StatusCode::kFailedPrecondition);
    options_.lock_patience = absl::Seconds(10);
    const absl::Status opened = TryOpen();
    EXPECT_TRUE(opened.ok()) << opened;
    Close();
  }
}

TEST_F(EmbeddedLogTest, AReadOnlyLogIsReadAndNeverChanged) {
  Open();
  ASSERT_TRUE(Append(kEvents0, {"a", "b"}).ok());
  Close();
  const std::string journal = Journal() + "a torn end";
  disk_.SetContents(kJournal, journal);
  OpenReadOnly();
  EXPECT_EQ(Values(kEvents0), (Strings{"a", "b"}));
  EXPECT_EQ(log_->Recovery().bytes_cut, 10U);
  EXPECT_EQ(Append("c").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(log_->OpenProducer("p", {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Close();
  EXPECT_EQ(Journal(), journal);
}

TEST_F(EmbeddedLogTest, ARealDirectoryIsMadeLockedAndFoundAgain) {
  options_.file_system = &PosixFileSystem();
  const auto directory =
      std::filesystem::path(testing::TempDir()) / "posix" / "log";
  std::filesystem::remove_all(directory);
  auto log = EmbeddedLog::Open(directory, options_);
  ASSERT_TRUE(log.ok()) << log.status();
  const std::string id = (*log)->Id();
  const std::string large(300'000, 'x');
  for (int i = 0; i < 10; ++i) {
    const NewRecord records[] = {{kEvents0, "k", large}, {kEvents1, "", "v"}};
    ASSERT_TRUE((*log)->Append(records).ok());
  }
  EXPECT_EQ(EmbeddedLog::Open(directory, options_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  log->reset();
  log = EmbeddedLog::Open(directory, options_);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->Id(), id);
  log_ = *std::move(log);
  EXPECT_EQ(Values(kEvents0), Strings(10, large));
  EXPECT_EQ(Values(kEvents1), Strings(10, "v"));
}

// --- Writing ---

TEST_F(EmbeddedLogTest, RecordsAreVisibleOnlyWhenDurable) {
  Open();
  const int syncs = disk_.Syncs();
  disk_.HoldSyncs(true);
  std::thread writer([this] { EXPECT_TRUE(Append("a").ok()); });
  disk_.AwaitSyncs(syncs + 1);
  EXPECT_EQ(Values(kEvents0), Strings());
  disk_.HoldSyncs(false);
  writer.join();
  EXPECT_EQ(Values(kEvents0), Strings{"a"});
}

TEST_F(EmbeddedLogTest, ALargeAppendKeepsItsOrder) {
  Open();
  Strings values;
  for (int i = 0; i < 50; ++i) {
    values.push_back(std::to_string(i) + std::string(100'000, 'x'));
  }
  const auto offsets = Append(kEvents0, values);
  ASSERT_TRUE(offsets.ok());
  for (int i = 0; i < 50; ++i) EXPECT_EQ((*offsets)[i], Offset{i});
  EXPECT_EQ(Values(kEvents0), values);
}

TEST_F(EmbeddedLogTest, WhatIsBeyondAFrameIsRefused) {
  Open();
  const std::string half(kFrameBodyBytesMax / 2, 'x');
  const NewRecord both[] = {{kEvents0, "", half}, {kEvents0, "", half}};
  const auto producer = log_->OpenProducer("p", {});
  EXPECT_EQ((*producer)->Commit(both).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Append(half + half).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Append({Topic::kEvents, Shard{2}}, {"v"}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Values(kEvents0), Strings());
}

TEST_F(EmbeddedLogTest, WritersWaitForRoomInTheQueue) {
  options_.queue_bytes_max = 1000;
  Open();
  const int syncs = disk_.Syncs();
  disk_.HoldSyncs(true);
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back(
        [this] { EXPECT_TRUE(Append(std::string(600, 'x')).ok()); });
  }
  disk_.AwaitSyncs(syncs + 1);
  disk_.HoldSyncs(false);
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Values(kEvents0).size(), 8U);
  // At least the last ones did not fit beside the others.
  EXPECT_GE(disk_.Syncs() - syncs, 4);
}

TEST_F(EmbeddedLogTest, TimeNeverGoesBackInAPartition) {
  Open();
  const absl::Time first = now_;
  ASSERT_TRUE(Append("a").ok());
  now_ -= absl::Hours(1);
  ASSERT_TRUE(Append("b").ok());
  Reopen();
  ASSERT_TRUE(Append("c").ok());
  ASSERT_TRUE(Append(kEvents1, {"d"}).ok());
  const auto times = Consume(kEvents0)->Fetch(kEvents0, 3, kNoLimit);
  for (const Record& record : times->records) {
    EXPECT_EQ(record.timestamp, first);
  }
  const auto other = Consume(kEvents1)->Fetch(kEvents1, 1, kNoLimit);
  EXPECT_EQ(other->records[0].timestamp, now_);
}

TEST_F(EmbeddedLogTest, OpeningAProducerWaitsForTheOldOnesTransaction) {
  Open();
  auto older = log_->OpenProducer("shard-0", {});
  const int syncs = disk_.Syncs();
  disk_.HoldSyncs(true);
  std::thread committer([&] {
    const NewRecord records[] = {{kEvents0, "", "a"}};
    EXPECT_EQ((*older)->Commit(records).value(), CommitOutcome::kDone);
  });
  disk_.AwaitSyncs(syncs + 1);
  auto high_after_opening = std::async(std::launch::async, [this] {
    EXPECT_TRUE(log_->OpenProducer("shard-0", {}).ok());
    return log_->WatermarksOf(kEvents0)->high;
  });
  // It cannot end; a log that does not wait would, most of the time.
  EXPECT_EQ(high_after_opening.wait_for(std::chrono::milliseconds(50)),
            std::future_status::timeout);
  disk_.HoldSyncs(false);
  EXPECT_EQ(high_after_opening.get(), Offset{1});
  committer.join();
}

TEST_F(EmbeddedLogTest, AFullDiskFailsWritesAndLosesNothing) {
  Open();
  ASSERT_TRUE(Append("a").ok());
  const std::string before = Journal();
  disk_.SetSpaceLeft(100);
  EXPECT_EQ(Append(std::string(500, 'x')).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Commit(std::string(500, 'y'), {kEvents0, kEvents1}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Journal(), before);
  disk_.SetSpaceLeft(100'000);
  EXPECT_EQ(Append("b").value(), std::vector<Offset>{Offset{1}});
  Reopen();
  EXPECT_EQ(Values(kEvents0), (Strings{"a", "b"}));
  EXPECT_EQ(Values(kEvents1), Strings());
}

TEST_F(EmbeddedLogTest, AFailedSyncEndsTheProcess) {
  EXPECT_DEATH(
      {
        Open();
        disk_.FailSync(1);
        (void)Append("a");
      },
      "log/journal: cannot fdatasync.*this process ends");
}

// --- Reading ---

TEST_F(EmbeddedLogTest, MemoryAndFileGiveTheSame) {
  std::mt19937 random(7);
  Open();
  Strings values;
  for (int i = 0; i < 400; ++i) {
    Strings some(1 + random() % 5);
    for (std::string& value : some) {
      const size_t size = random() % 50 == 0 ? 90'000 : random() % 300;
      value = std::string(size, static_cast<char>('a' + random() % 26));
      values.push_back(value);
    }
    ASSERT_TRUE(Append(kEvents0, some).ok());
    ASSERT_TRUE(Append(kEvents1, {"between"}).ok());
  }
  for (const size_t tail_bytes_max : {size_t{64} << 20, size_t{0}}) {
    options_.tail_bytes_max = tail_bytes_max;
    for (const size_t records_max : {size_t{1}, size_t{7}, kNoLimit}) {
      EXPECT_TRUE(Values(kEvents0, records_max) == values);
      EXPECT_TRUE(Values(kEvents0, kNoLimit, 1000 * records_max) == values);
    }
    EXPECT_EQ(Values(kEvents1), Strings(400, "between"));
    Reopen();
  }
}

TEST_F(EmbeddedLogTest, ReadingGoesOnFromTheFileIntoMemory) {
  options_.tail_bytes_max = 10'000;
  Open();
  Strings values;
  for (int i = 0; i < 100; ++i) {
    values.push_back(std::to_string(i) + std::string(1000, 'x'));
    ASSERT_TRUE(Append(values.back()).ok());
  }
  EXPECT_EQ(Values(kEvents0), values);
  EXPECT_EQ(Values(kEvents0, 3), values);
  const auto consumer = Consume(kEvents0, Offset{37});
  EXPECT_EQ(consumer->Fetch(kEvents0, 1, 1)->records[0].value, values[37]);
}

TEST_F(EmbeddedLogTest, ALongHistoryIsReadOnce) {
  options_.tail_bytes_max = 0;
  Open();
  for (int i = 0; i < 2000; ++i) {
    const std::string value(1000, 'x');
    ASSERT_TRUE(Commit(value, {kEvents0, kEvents1, kCommands0}).ok());
  }
  const uint64_t before = disk_.BytesRead();
  EXPECT_EQ(Values(kEvents0, 10).size(), 2000U);
  EXPECT_LT(disk_.BytesRead() - before, Journal().size() * 11 / 10);
}

TEST_F(EmbeddedLogTest, ALateOffsetIsFoundWithoutReadingWhatIsBefore) {
  options_.tail_bytes_max = 0;
  Open();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(Append(std::to_string(i) + std::string(1000, 'x')).ok());
  }
  const uint64_t before = disk_.BytesRead();
  const auto consumer = Consume(kEvents0, Offset{990});
  const auto batch = consumer->Fetch(kEvents0, 1, kNoLimit);
  EXPECT_TRUE(batch->records[0].value.starts_with("990x"));
  EXPECT_LE(disk_.BytesRead() - before, 3 * kIndexStepBytes);
}

TEST_F(EmbeddedLogTest, RecordsOfOtherPartitionsArePassedOver) {
  options_.tail_bytes_max = 0;
  Open();
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Append(kCommands0, {large}).ok());
    ASSERT_TRUE(Append("a").ok());
  }
  Reopen();
  const uint64_t before = disk_.BytesRead();
  EXPECT_EQ(Values(kEvents0), Strings(20, "a"));
  EXPECT_LT(disk_.BytesRead() - before, Journal().size() / 8);
}

TEST_F(EmbeddedLogTest, RotUnderARunningLogIsReportedWithItsPlace) {
  options_.tail_bytes_max = 0;
  Open();
  ASSERT_TRUE(Append("a").ok());
  const size_t second = Journal().size();
  ASSERT_TRUE(Append("b").ok());
  disk_.FlipBit(kJournal, Journal().size() - 1);
  const auto consumer = Consume(kEvents0);
  const auto batch = consumer->Fetch(kEvents0, kNoLimit, kNoLimit);
  ASSERT_TRUE(batch.ok()) << "what stands before the damage is given first";
  EXPECT_EQ(batch->records.size(), 1U);
  const absl::Status rot = consumer->Fetch(kEvents0, 1, 1).status();
  EXPECT_EQ(rot.code(), absl::StatusCode::kDataLoss);
  const std::string place = "log/journal, byte " + std::to_string(second + 80);
  EXPECT_EQ(rot.message().substr(0, place.size()), place);
}

}  // namespace
}  // namespace slotlog
