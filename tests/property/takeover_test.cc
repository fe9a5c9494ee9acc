// What an owner reads that was away: its successor's answers, deadlines that
// passed meanwhile, ticks.

#include <gtest/gtest.h>

#include <string>

#include "tests/property/day_test.h"

namespace slotlog {
namespace {

using TakeoverTest = DayTest;

TEST_F(TakeoverTest, AnOwnerThatWakesLateIsFencedAndTheSeatIsNotTakenTwice) {
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

TEST_F(TakeoverTest, AnOwnerThatWakesLateReadsAnswersToItsSuccessor) {
  OpenTheDay(/*capacity=*/5);
  Shards others(
      log_, [this] { return now_; }, 1 << 20, 1'000);
  v1::Operation define;
  v1::Campaign& campaign =
      *define.mutable_define_campaign()->mutable_campaign();
  campaign.set_campaign_id(SiteOn(kFirst));  // at home there, like the site
  v1::Cohort& cohort = *campaign.add_cohorts();
  cohort.set_born_from_yyyymmdd(19000101);
  cohort.set_born_to_yyyymmdd(20200101);
  campaign.add_rounds()->set_closes_unix_ms(absl::ToUnixMillis(now_) +
                                            1'000'000);
  campaign.set_seats_per_site_and_day(1);
  Operate(SiteOn(kFirst), define);
  Book(CitizenOn(kFirst, 1), SiteOn(kSecond));
  others.RunUntilIdle();
  // A message of an event that the late owner has never heard of.
  Book(CitizenOn(kSecond, 1), SiteOn(kFirst), campaign.campaign_id());
  others.RunUntilIdle();
  v1::Operation close;
  close.mutable_close_site()->set_site_id(SiteOn(kSecond));
  Operate(SiteOn(kSecond), close);
  others.RunUntilIdle();

  auto late = shards_.at(kFirst).Step();

  ASSERT_TRUE(late.ok()) << late.status().ToString();
  EXPECT_EQ(*late, ShardLoop::StepOutcome::kLost);
}

TEST_F(TakeoverTest, ANewSeatThatIsMissedBeforeTheOldIsBackIsNotBooked) {
  OpenTheDay(/*capacity=*/5);
  const std::string citizen_id = CitizenOn(kFirst, 1);
  Book(citizen_id, SiteOn(kSecond));
  shards_.RunUntilIdle();
  v1::Command move;
  move.set_citizen_id(citizen_id);
  move.set_command_id("r");
  move.mutable_reschedule()->set_campaign_id("k");
  move.mutable_reschedule()->set_site_id(SiteOn(kFirst));
  move.mutable_reschedule()->set_slot_id("am");
  Append(Topic::kCommands, kFirst, Encode(move));
  ASSERT_TRUE(shards_.Step(kFirst));  // the second shard stands still
  now_ += absl::Hours(9);
  shards_.Step(kFirst);  // asks for the time
  shards_.Step(kFirst);

  shards_.RunUntilIdle();

  const Citizen* citizen = shards_.at(kFirst).state().citizens().Find(
      RowKey::Of(CitizenId{citizen_id}));
  ASSERT_NE(citizen, nullptr);
  EXPECT_EQ(citizen->claims[0].state, ClaimState::kIdle);
}

TEST_F(TakeoverTest, AStandingTickMovesTheLinesTimeAndIsNotAnswered) {
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
