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
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/shards.h"

namespace slotlog {
namespace {

using Fault = MemoryLog::CommitFault;

constexpr Shard kFirst{0};
constexpr Shard kSecond{1};

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest()
      : log_(ShardCount{2}, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/1 << 20,
            /*checkpoint_events_max=*/1'000) {}

  void Operate(const std::string& key, v1::Operation operation) {
    operation.set_operation_id("op");
    Append(Topic::kOperations, ShardOf(key, ShardCount{2}), Encode(operation));
  }

  void DefineSite(const std::string& site_id) {
    v1::Operation operation;
    operation.mutable_define_site()->set_site_id(site_id);
    Operate(site_id, operation);
  }

  /// Every shard has a campaign, a site and a slot that seats `capacity`.
  void OpenTheDay(int capacity) {
    v1::Operation operation;
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id("k");
    campaign.set_born_from_yyyymmdd(19000101);
    campaign.set_born_to_yyyymmdd(20200101);
    campaign.set_closes_unix_ms(absl::ToUnixMillis(now_) + 1'000'000);
    Operate("k", operation);
    for (const char* site_id : {"s1", "s2", "s3", "s4"}) {
      DefineSite(site_id);
      v1::Operation open;
      open.mutable_open_slots()->set_site_id(site_id);
      v1::Slot& slot = *open.mutable_open_slots()->add_slots();
      slot.set_slot_id("am");
      slot.set_start_unix_ms(absl::ToUnixMillis(now_) + 2'000'000);
      slot.set_end_unix_ms(absl::ToUnixMillis(now_) + 3'000'000);
      slot.set_capacity(capacity);
      Operate(site_id, open);
    }
    shards_.RunUntilIdle();
  }

  /// A site that lives on the shard.
  std::string SiteOn(Shard shard) const {
    for (const char* site_id : {"s1", "s2", "s3", "s4"}) {
      if (ShardOf(site_id, ShardCount{2}) == shard) return site_id;
    }
    return "";
  }

  std::string CitizenOn(Shard shard, int number) const {
    for (int i = 0;; ++i) {
      const std::string id = fmt::format("c{}-{}", number, i);
      if (ShardOf(id, ShardCount{2}) == shard) return id;
    }
  }

  void Book(const std::string& citizen_id, const std::string& site_id) {
    v1::Command command;
    command.set_citizen_id(citizen_id);
    command.set_command_id("b");
    command.mutable_profile()->set_birth_date_yyyymmdd(19620712);
    command.mutable_book()->set_campaign_id("k");
    command.mutable_book()->set_site_id(site_id);
    command.mutable_book()->set_slot_id("am");
    Append(Topic::kCommands, ShardOf(citizen_id, ShardCount{2}),
           Encode(command));
  }

  void Cancel(const std::string& citizen_id) {
    v1::Command command;
    command.set_citizen_id(citizen_id);
    command.set_command_id("x");
    command.mutable_cancel()->set_campaign_id("k");
    Append(Topic::kCommands, ShardOf(citizen_id, ShardCount{2}),
           Encode(command));
  }

  void Append(Topic topic, Shard shard, const std::string& bytes) {
    ASSERT_TRUE(log_.Append({{{{topic, shard}, "", bytes}}}).ok());
  }

  int SeatsTaken(const std::string& site_id) {
    const Shard shard = ShardOf(site_id, ShardCount{2});
    const Slot* slot = shards_.at(shard).state().slots().Find(
        RowKey::Of(SiteId{site_id}, SlotId{"am"}));
    return slot == nullptr ? -1 : slot->taken;
  }

  /// An empty batch that continues the first shard's history.
  v1::EventBatch NextBatch() {
    const Head& head = shards_.at(kFirst).state().head();
    v1::EventBatch batch;
    batch.set_shard(0);
    batch.set_shards(2);
    batch.set_epoch(head.epoch.value);
    batch.set_number(head.batch_number + 1);
    batch.set_previous_digest(head.digest.data(), head.digest.size());
    batch.set_first_sequence(head.sequence.value + 1);
    batch.set_now_unix_ms(absl::ToUnixMillis(head.now));
    batch.set_decided_at_unix_ms(absl::ToUnixMillis(head.decided_at));
    batch.mutable_messages_sent()->Add(head.messages_sent.begin(),
                                       head.messages_sent.end());
    batch.mutable_messages_received()->Add(head.messages_received.begin(),
                                           head.messages_received.end());
    batch.set_confirmations_sent(head.confirmations_sent);
    return batch;
  }

  Offset EndOf(Topic topic, Shard shard) {
    return log_.WatermarksOf({topic, shard})->high;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'626'048'000);
  MemoryLog log_;
  Shards shards_;
};

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

TEST_F(RecoveryTest, AnOwnerThatWakesLateIsFencedAndTheSeatIsNotTakenTwice) {
  OpenTheDay(/*capacity=*/5);
  Shards others(
      log_, [this] { return now_; }, 1 << 20, 1'000);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));

  auto late = shards_.at(kFirst).Step();

  ASSERT_TRUE(late.ok()) << late.status().ToString();
  EXPECT_EQ(*late, ShardLoop::StepOutcome::kLost);
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 0);
  others.RunUntilIdle();
  ASSERT_TRUE(shards_.Recover(kFirst).ok());
  EXPECT_EQ(SeatsTaken(SiteOn(kFirst)), 1);
}

TEST_F(RecoveryTest, AnOwnerThatWakesLateReadsAnswersToItsSuccessor) {
  OpenTheDay(/*capacity=*/5);
  Shards others(
      log_, [this] { return now_; }, 1 << 20, 1'000);
  v1::Operation define;
  v1::Campaign& campaign =
      *define.mutable_define_campaign()->mutable_campaign();
  campaign.set_campaign_id(SiteOn(kFirst));  // at home there, like the site
  campaign.set_born_from_yyyymmdd(19000101);
  campaign.set_born_to_yyyymmdd(20200101);
  campaign.set_closes_unix_ms(absl::ToUnixMillis(now_) + 1'000'000);
  Operate(SiteOn(kFirst), define);
  Book(CitizenOn(kSecond, 1), SiteOn(kFirst));
  others.RunUntilIdle();
  Cancel(CitizenOn(kSecond, 1));
  others.RunUntilIdle();

  auto late = shards_.at(kFirst).Step();

  ASSERT_TRUE(late.ok()) << late.status().ToString();
  EXPECT_EQ(*late, ShardLoop::StepOutcome::kLost);
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

TEST_F(RecoveryTest, AStandingTickMovesTheLinesTimeAndIsNotAnswered) {
  OpenTheDay(/*capacity=*/5);
  const Offset confirmations = EndOf(Topic::kConfirmations, kFirst);
  now_ += absl::Seconds(7);
  v1::Command tick;
  tick.mutable_tick();
  Append(Topic::kCommands, kFirst, Encode(tick));
  shards_.RunUntilIdle();
  EXPECT_EQ(shards_.at(kFirst).state().head().now, now_);
  EXPECT_EQ(EndOf(Topic::kConfirmations, kFirst), confirmations);
}

}  // namespace
}  // namespace slotlog
