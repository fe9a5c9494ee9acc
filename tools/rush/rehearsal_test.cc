#include "tools/rush/rehearsal.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <string>

#include "tools/rush/rehearsal_fixture.h"
#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

TEST_F(RehearsalTest, InUniformEverySeatIsBookedAndNobodyRefused) {
  Open(SmallUniform());
  EXPECT_FALSE(rehearsal_->IsFinished());
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.bookings, 200u);
  EXPECT_EQ(figures.commands_published, 200u);
  EXPECT_EQ(figures.commands_answered, 200u);
  EXPECT_TRUE(figures.refusals.empty());
  EXPECT_EQ(figures.confirmation.Count(), 200u);
  EXPECT_GT(figures.elapsed, absl::ZeroDuration());
}

TEST_F(RehearsalTest, ARushSellsAllSeatsAndUsesUpTheCommands) {
  Scenario scenario = SmallRush();
  scenario.commands = 5'000;
  Open(scenario);
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.commands_published, 5'000u);
  EXPECT_EQ(figures.commands_answered, 5'000u);
  EXPECT_EQ(figures.bookings - figures.cancellations, 100u);
  EXPECT_GT(figures.cancellations, 0u);
  EXPECT_GT(figures.repeated, 0u);
  EXPECT_EQ(Refused(v1::REFUSAL_NOT_ELIGIBLE), 20u);
  EXPECT_EQ(Refused(v1::REFUSAL_WINDOW_NOT_OPEN), 30u);
  uint64_t sum = figures.bookings + figures.cancellations + figures.repeated;
  for (const auto& [refusal, count] : figures.refusals) sum += count;
  EXPECT_EQ(sum, 5'000u);
}

TEST_F(RehearsalTest, TheOpenLoopComesToTheSameEnd) {
  RehearsalOptions options = Options();
  options.commands_per_second = 20'000;
  Open(SmallUniform(), options);
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 200u);
}

TEST_F(RehearsalTest, NoMoreWaitAtOnceThanWasSaid) {
  uint64_t longest = 0;
  RehearsalOptions options = Options();
  options.waiting_max = 16;
  options.report = [&](const RehearsalProgress& progress) {
    longest = std::max(longest, progress.waiting);
  };
  Open(SmallUniform(), options);
  RunToTheEnd();
  EXPECT_LE(longest, 16u);
}

TEST_F(RehearsalTest, GoesOnAfterAStop) {
  Scenario scenario = SmallRush();
  scenario.commands = 3'000;
  RunAndStop(scenario, 500);
  const uint64_t before = rehearsal_->figures().commands_published;
  EXPECT_LT(before, 3'000u);

  Open(scenario);
  EXPECT_FALSE(rehearsal_->IsFinished());
  EXPECT_GE(rehearsal_->figures().commands_published, before);
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.commands_published, 3'000u);
  EXPECT_EQ(figures.commands_answered, 3'000u);
  EXPECT_EQ(figures.bookings - figures.cancellations, 100u);
}

TEST_F(RehearsalTest, GoesOnAfterAStopInTheMiddleOfSettingUp) {
  RehearsalOptions options = Options();
  options.stop = [] { return true; };
  Open(SmallUniform(), options);
  const auto end = rehearsal_->Run();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(*end, Rehearsal::End::kStopped);

  Open(SmallUniform());
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 200u);
}

TEST_F(RehearsalTest, StoppedAgainAndAgainItEndsWithTheSameSeats) {
  Scenario scenario = SmallRush();
  scenario.commands = 3'000;
  for (uint64_t answered : {100, 400, 900, 1'600}) {
    RunAndStop(scenario, answered);
  }
  Open(scenario);
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.commands_answered, 3'000u);
  EXPECT_EQ(figures.bookings - figures.cancellations, 100u);
}

TEST_F(RehearsalTest, FinishedOnceItIsFinishedWithTheSameFigures) {
  Open(SmallUniform());
  RunToTheEnd();
  const Figures before = rehearsal_->figures();

  Open(SmallUniform());
  EXPECT_TRUE(rehearsal_->IsFinished());
  const auto end = rehearsal_->Run();
  ASSERT_TRUE(end.ok()) << end.status();
  const Figures after = rehearsal_->figures();
  EXPECT_EQ(after.bookings, before.bookings);
  EXPECT_EQ(after.commands_answered, before.commands_answered);
  EXPECT_EQ(after.confirmation.Count(), before.confirmation.Count());
}

TEST_F(RehearsalTest, ACommandOfSomebodyElseIsNoticed) {
  const NewRecord foreign{{Topic::kCommands, Shard{1}}, "c1", "\x0a\x01x"};
  ASSERT_TRUE(log_.Append({&foreign, 1}).ok());
  EXPECT_EQ(Rehearsal::Open(log_, SmallUniform(), Options()).status().message(),
            "commands/1 offset 0 is none of this rehearsal: somebody else "
            "wrote to its log");
}

TEST_F(RehearsalTest, AForgottenAnswerIsNoticed) {
  worker_.ForgetAnswer(77);
  RehearsalOptions options = Options();
  options.patience = absl::Milliseconds(300);
  Open(SmallUniform(), options);
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(RehearsalTest, ASecondAnswerIsNoticed) {
  worker_.AnswerTwice(77);
  Open(SmallUniform());
  const auto end = Run();
  EXPECT_NE(std::string(end.status().message()).find("was answered twice"),
            std::string::npos)
      << end.status();
}

TEST_F(RehearsalTest, AMissingConfirmationNumberIsNoticed) {
  worker_.SkipConfirmationNumber(77);
  Open(SmallUniform());
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RehearsalTest, SeatsSoldBeyondCapacityAreNoticed) {
  worker_.IgnoreCapacity();
  Open(SmallRush());
  const auto end = Run();
  EXPECT_NE(std::string(end.status().message()).find("beyond its capacity"),
            std::string::npos)
      << end.status();
}

TEST_F(RehearsalTest, ARefusedOperationEndsIt) {
  worker_.RefuseOperations();
  Open(SmallUniform());
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RehearsalTest, AnAppendThatFailsEndsItAndItGoesOnLater) {
  Open(SmallUniform());
  log_.FailNextAppend(absl::DataLossError("the disk is gone"), 3);
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kDataLoss);
  Open(SmallUniform());
  RunToTheEnd();
}

// --- Holds that run out ---

Scenario SmallWave() {
  Scenario scenario = SmallRush();
  scenario.commands = 50'000;
  scenario.cancel_percent = 0;
  scenario.hold_seconds = 1;
  scenario.confirm_percent = 60;
  return scenario;
}

TEST_F(RehearsalTest, HoldsRunOutAndWhoWasRefusedBooksTheirSeats) {
  Open(SmallWave());
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.holds, 100u);
  EXPECT_NEAR(static_cast<double>(figures.holds_expired), 40, 20);
  EXPECT_EQ(figures.bookings, 100u);
  EXPECT_EQ(figures.commands_answered, figures.commands_published);
  EXPECT_GE(figures.last_expired, figures.first_expired);
  EXPECT_EQ(rehearsal_->fairness().by_cohort[0].booked, 100u);
}

TEST_F(RehearsalTest, AWaveGoesOnAfterAStopBeforeTheHoldsRunOut) {
  RunAndStop(SmallWave(), 200);
  Open(SmallWave());
  EXPECT_FALSE(rehearsal_->IsFinished());
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.holds, 100u);
  EXPECT_EQ(figures.bookings, 100u);

  Open(SmallWave());
  EXPECT_TRUE(rehearsal_->IsFinished());
  EXPECT_EQ(rehearsal_->figures().holds_expired, figures.holds_expired);
  EXPECT_EQ(rehearsal_->figures().last_expired, figures.last_expired);
}

TEST_F(RehearsalTest, HoldsThatNeverRunOutAreNoticed) {
  worker_.KeepHoldsForEver();
  RehearsalOptions options = Options();
  options.patience = absl::Milliseconds(300);
  Open(SmallWave(), options);
  const auto end = Run();
  EXPECT_EQ(end.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_NE(std::string(end.status().message()).find("have not run out"),
            std::string::npos)
      << end.status();
}

// --- A rotation ---

Scenario SmallRotation() {
  Scenario scenario = SmallRush();
  scenario.commands = 50'000;
  scenario.seats = 300;
  scenario.repeat_percent = 0;
  scenario.cancel_percent = 0;
  scenario.rotation_day_seconds = 1;
  scenario.rotation_first_day = absl::CivilDay(2021, 8, 9);
  scenario.early_percent = 20;
  scenario.wrong_day_percent = 50;
  return scenario;
}

TEST_F(RehearsalTest, InARotationPeopleComeOnTheirDay) {
  Open(SmallRotation());
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 250u);
  EXPECT_GT(Refused(v1::REFUSAL_NOT_YOUR_DAY), 20u);
  EXPECT_GT(Refused(v1::REFUSAL_WINDOW_NOT_OPEN), 30u);
  const auto digits = rehearsal_->fairness().by_birth_day_digit;
  ASSERT_EQ(digits.size(), 10u);
  for (const SuccessRate& digit : digits) EXPECT_EQ(digit.booked, digit.tried);
}

TEST_F(RehearsalTest, ARotationGoesOnAfterAStop) {
  RunAndStop(SmallRotation(), 30);
  Open(SmallRotation());
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 250u);
  Open(SmallRotation());
  EXPECT_TRUE(rehearsal_->IsFinished());
}

TEST_F(RehearsalTest, AWorkerThatStoppedEndsIt) {
  RehearsalOptions options = Options();
  options.health = [] { return absl::DataLossError("shard 1 stopped"); };
  Open(SmallUniform(), options);
  EXPECT_EQ(Run().status().message(), "shard 1 stopped");
}

}  // namespace
}  // namespace slotlog
