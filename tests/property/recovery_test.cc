// What a shard does when the world is not as it left it: each case is one way
// to lose bookings that a recovery must not go, or one kind of damage at which
// it must stop instead of guessing.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "services/shard/history.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/property/day_test.h"
#include "tests/support/shards.h"

namespace slotlog {
namespace {

using Fault = MemoryLog::CommitFault;
using RecoveryTest = DayTest;

TEST_F(RecoveryTest, ReplayGoesToTheHighWatermarkNotToTheLastStableOffset) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kMarkersLate,
                      {{Topic::kEvents, kFirst}});
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  ASSERT_TRUE(shards_.Step(kFirst));
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);

  shards_.Kill(kFirst);
  std::thread broker([this] {
    absl::SleepFor(absl::Milliseconds(100));
    log_.WriteLateMarkers();
  });
  const absl::Status recovered = shards_.Recover(kFirst);
  broker.join();

  ASSERT_TRUE(recovered.ok()) << recovered.ToString();
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
}

TEST_F(RecoveryTest, ACommitInDoubtThatWasDoneIsNotDecidedAgain) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kUnknownButDone);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  shards_.RunUntilIdle();
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
}

TEST_F(RecoveryTest, ACommitInDoubtThatWasNotDoneIsDecidedThen) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kUnknownAndOpen);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  shards_.RunUntilIdle();
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
}

TEST_F(RecoveryTest, ARefusedCommitIsTriedAgain) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kRefused);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  auto outcome = shards_.at(kFirst).Step();
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(*outcome, ShardLoop::StepOutcome::kRefused);
  shards_.RunUntilIdle();
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
}

TEST_F(RecoveryTest, StateAheadOfALogThatLostItsTailIsFoldedAgain) {
  OpenTheDay(/*capacity=*/5);
  const Offset end = EndOf(Topic::kEvents, kFirst);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  shards_.RunUntilIdle();
  ASSERT_TRUE(shards_.at(kFirst).Close().ok());
  shards_.Kill(kFirst);
  log_.DropTail({Topic::kEvents, kFirst}, end);

  ASSERT_TRUE(shards_.Recover(kFirst).ok());

  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 0);
}

TEST_F(RecoveryTest, StateOfAnotherHistoryOfTheSameLengthIsFoldedAgain) {
  OpenTheDay(/*capacity=*/5);
  const Offset end = EndOf(Topic::kEvents, kFirst);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  shards_.RunUntilIdle();
  ASSERT_TRUE(shards_.at(kFirst).Close().ok());
  const Epoch epoch = shards_.at(kFirst).state().head().epoch;
  shards_.Kill(kFirst);
  log_.DropTail({Topic::kEvents, kFirst}, end);
  {
    Shards others(
        log_, [this] { return now_; }, 1 << 20, 1'000);
    others.RunUntilIdle();
  }

  ASSERT_TRUE(shards_.Recover(kFirst).ok());

  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
  EXPECT_GT(shards_.at(kFirst).state().head().epoch, epoch);
}

TEST_F(RecoveryTest, InputsThatWereDeletedBeforeTheyWereDecidedStopTheShard) {
  OpenTheDay(/*capacity=*/5);
  shards_.Kill(kFirst);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  const TopicPartition commands{Topic::kCommands, kFirst};
  log_.DropHead(commands, EndOf(Topic::kCommands, kFirst));

  EXPECT_TRUE(absl::IsOutOfRange(shards_.Recover(kFirst)));
}

TEST_F(RecoveryTest, ATornTransactionStopsTheReceiver) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kTorn, {{Topic::kInternal, kSecond}});
  Book(CitizenOn(kFirst, 1), SiteOn(kSecond));  // its message is lost
  ASSERT_TRUE(shards_.Step(kFirst));
  Book(CitizenOn(kFirst, 2), SiteOn(kSecond));  // and now one is missing
  ASSERT_TRUE(shards_.Step(kFirst));

  auto outcome = shards_.at(kSecond).Step();

  EXPECT_TRUE(absl::IsDataLoss(outcome.status()));
  EXPECT_NE(
      outcome.status().ToString().find("message 3 of shard 0 stands where"),
      std::string::npos)
      << outcome.status().ToString();
}

TEST_F(RecoveryTest, AGapInTheEventsStopsTheShard) {
  OpenTheDay(/*capacity=*/5);
  log_.FailNextCommit("slotlog-0", Fault::kTorn, {{Topic::kEvents, kFirst}});
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  ASSERT_TRUE(shards_.Step(kFirst));
  Book(CitizenOn(kFirst, 2), SiteOn(kFirst));
  ASSERT_TRUE(shards_.Step(kFirst));
  shards_.LoseStore(kFirst);

  EXPECT_TRUE(absl::IsDataLoss(shards_.Recover(kFirst)));
}

TEST_F(RecoveryTest, AMessageThatCannotBeReadStopsTheShard) {
  OpenTheDay(/*capacity=*/5);
  Append(Topic::kInternal, kFirst, "\xff no message");
  auto outcome = shards_.at(kFirst).Step();
  EXPECT_TRUE(absl::IsDataLoss(outcome.status()));
}

TEST_F(RecoveryTest, AnEventOfAnUnknownTypeStopsTheShard) {
  OpenTheDay(/*capacity=*/5);
  v1::EventBatch future = NextBatch();
  future.add_events()->set_sequence(future.first_sequence());
  Append(Topic::kEvents, kFirst, Encode(future));

  EXPECT_TRUE(absl::IsUnimplemented(shards_.Recover(kFirst)));
}

TEST_F(RecoveryTest, ALostDiskIsFoldedAgainFromTheEvents) {
  OpenTheDay(/*capacity=*/50);
  for (int i = 0; i < 30; ++i) Book(CitizenOn(kFirst, i), SiteOn(kFirst));
  shards_.RunUntilIdle();
  shards_.Kill(kFirst);
  shards_.LoseStore(kFirst);

  ASSERT_TRUE(shards_.Recover(kFirst).ok());

  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 30);
}

TEST_F(RecoveryTest, AStoreThatTurnsOutDamagedIsThrownAwayAndFoldedAgain) {
  OpenTheDay(/*capacity=*/5);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  shards_.RunUntilIdle();
  shards_.store(kFirst).FailNextWrite(absl::DataLossError("damaged"));
  now_ += absl::Minutes(1);  // a checkpoint is due
  Book(CitizenOn(kFirst, 2), SiteOn(kFirst));
  shards_.RunUntilIdle();
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 2);
  EXPECT_GT(shards_.at(kFirst).counts().events_replayed, 0);
}

TEST_F(RecoveryTest, AForgedEventIsFoundByDecidingTheHistoryAgain) {
  OpenTheDay(/*capacity=*/5);
  v1::EventBatch forged = NextBatch();
  v1::Event& event = *forged.add_events();
  event.set_sequence(forged.first_sequence());
  event.mutable_seat_taken()->set_site_id(SiteOn(kFirst));
  event.mutable_seat_taken()->set_slot_id("am");
  Append(Topic::kEvents, kFirst, Encode(forged));

  auto history = ShardHistory::Open(log_, kFirst);
  ASSERT_TRUE(history.ok());
  absl::Status decided;
  while (decided.ok() && *(*history)->HasNext()) {
    decided = (*history)->DecideNext();
  }

  EXPECT_TRUE(absl::IsDataLoss(decided)) << decided.ToString();
  EXPECT_NE(decided.ToString().find("comes out otherwise"), std::string::npos);
}

}  // namespace
}  // namespace slotlog
