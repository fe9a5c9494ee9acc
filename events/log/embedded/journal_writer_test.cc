#include "events/log/embedded/journal_writer.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>

#include "events/log/embedded/journal_recovery.h"
#include "events/log/embedded/simulated_file_system.h"

namespace slotlog {
namespace {

constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};

/// Syncs are held, so that what is enqueued gathers behind a first frame.
class JournalWriterTest : public testing::Test {
 protected:
  JournalWriterTest() {
    EXPECT_TRUE(CreateJournal(disk_, "journal", ShardCount{1}).ok());
    EXPECT_TRUE(disk_.SyncDirectory("").ok());
    recovered_ = *RecoverJournal(disk_, "journal", OpenMode::kReadWrite,
                                 /*tail_bytes_max=*/0);
    writer_ = std::make_unique<JournalWriter>(
        recovered_.journal, recovered_.report.journal_bytes, *recovered_.index,
        JournalWriterOptions{.clock = [] { return absl::UnixEpoch(); },
                             .queue_bytes_max = size_t{64} << 20,
                             .settle_after = absl::InfiniteDuration(),
                             .marked = true});
    disk_.HoldSyncs(true);
    syncs_before_ = disk_.Syncs();
    Enqueue("first");
    disk_.AwaitSyncs(syncs_before_ + 1);
  }

  Submission& Enqueue(const std::string& value, ProducerFence fence = {}) {
    const NewRecord records[] = {{kEvents0, "", value}};
    Submission& submission = submissions_.emplace_back();
    submission.frame = std::make_shared<JournalFrame>(
        FrameKind::kTransaction, records, recovered_.journal.identity);
    submission.fence = std::move(fence);
    writer_->Enqueue(submission);
    return submission;
  }

  /// Lets everything be written; how many syncs followed the first frame's.
  int Finish() {
    disk_.HoldSyncs(false);
    for (Submission& submission : submissions_) writer_->Await(submission);
    return disk_.Syncs() - syncs_before_ - 1;
  }

  int64_t End() const { return recovered_.index->EndOf(kEvents0).value; }

  SimulatedFileSystem disk_;
  int syncs_before_ = 0;
  RecoveredJournal recovered_;
  std::deque<Submission> submissions_;
  std::unique_ptr<JournalWriter> writer_;
};

TEST_F(JournalWriterTest, WhatGathersMeanwhileSharesASync) {
  for (int i = 0; i < 100; ++i) Enqueue("later");
  EXPECT_EQ(Finish(), 1);
  EXPECT_EQ(End(), 101);
  for (const Submission& submission : submissions_) {
    EXPECT_EQ(submission.answer, Submission::Answer::kDurable);
  }
}

TEST_F(JournalWriterTest, AGroupIsBoundedInBytes) {
  for (int i = 0; i < 4; ++i) Enqueue(std::string(kGroupBytesMax * 2 / 5, 'x'));
  EXPECT_EQ(Finish(), 2);
}

TEST_F(JournalWriterTest, AFrameLargerThanAGroupIsAGroup) {
  Enqueue("small");
  Enqueue(std::string(kGroupBytesMax, 'x'));
  Enqueue("small");
  EXPECT_EQ(Finish(), 3);
}

TEST_F(JournalWriterTest, AFenceThatFallsWhileAFrameIsQueuedKeepsItOut) {
  const auto newest_epoch = std::make_shared<std::atomic<uint64_t>>(1);
  const Submission& older = Enqueue("older", {newest_epoch, 1});
  *newest_epoch = 2;
  const Submission& newer = Enqueue("newer", {newest_epoch, 2});
  Finish();
  EXPECT_EQ(older.answer, Submission::Answer::kFenced);
  EXPECT_EQ(newer.answer, Submission::Answer::kDurable);
  EXPECT_EQ(End(), 2);
}

TEST_F(JournalWriterTest, AFullDiskFailsOneGroupAndNotTheNext) {
  const Submission& too_large = Enqueue(std::string(kGroupBytesMax, 'x'));
  const Submission& small = Enqueue("small");
  disk_.SetSpaceLeft(1000);
  Finish();
  EXPECT_EQ(too_large.answer, Submission::Answer::kFailed);
  EXPECT_EQ(too_large.failure.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(small.answer, Submission::Answer::kDurable);
  EXPECT_EQ(small.frame->Head().SectionAt(0).base_offset, Offset{1});
}

class JournalWriterPowerCutTest : public JournalWriterTest,
                                  public testing::WithParamInterface<int> {};

INSTANTIATE_TEST_SUITE_P(Seeds, JournalWriterPowerCutTest,
                         testing::Range(0, 16));

TEST_P(JournalWriterPowerCutTest, WhatAFullDiskRefusedNeverComesBack) {
  // One group: the first frame fits as a whole, the second does not.
  const Submission& fits = Enqueue("fits");
  Enqueue(std::string(1000, 'x'));
  disk_.SetSpaceLeft(500);
  Finish();
  ASSERT_EQ(fits.answer, Submission::Answer::kFailed);
  disk_.CutNow(SimulatedFileSystem::Cut::kPower,
               static_cast<uint64_t>(GetParam()));
  writer_.reset();
  disk_.Restart();
  const auto found = RecoverJournal(disk_, "journal", OpenMode::kRead, 0);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->index->EndOf(kEvents0), Offset{1});
}

TEST_F(JournalWriterTest, TheEndWritesWhatIsQueuedAndAMark) {
  Enqueue("queued");
  disk_.HoldSyncs(false);
  writer_.reset();
  EXPECT_EQ(submissions_.back().answer, Submission::Answer::kDurable);
  const auto found = RecoverJournal(disk_, "journal", OpenMode::kRead, 0);
  EXPECT_EQ(found->report.frames, 3U);
  EXPECT_TRUE(found->marked);
}

}  // namespace
}  // namespace slotlog
