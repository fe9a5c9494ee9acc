// What a rehearsal does while the disk is full or the log takes nothing.

#include <gtest/gtest.h>

#include <string>

#include "tools/rush/rehearsal_fixture.h"
#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

TEST_F(RehearsalTest, SettingUpAwaitsRoomOnTheDisk) {
  Open(SmallUniform());
  log_.FailNextAppend(absl::ResourceExhaustedError("the disk is full"), 3);
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 200u);
}

TEST_F(RehearsalTest, CommandsAwaitRoomOnTheDiskAndNoneIsPublishedTwice) {
  bool was_told = false;
  Scenario scenario = SmallRush();
  scenario.commands = 3'000;
  RehearsalOptions options = Options();
  options.report = [&](const RehearsalProgress& progress) {
    was_told |= progress.awaits_room;
  };
  Open(scenario, options);
  refusing_.Refuse(/*appends=*/3, absl::StatusCode::kResourceExhausted);
  RunToTheEnd();
  EXPECT_TRUE(was_told);
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.commands_published, 3'000u);
  EXPECT_EQ(figures.commands_answered, 3'000u);
  EXPECT_EQ(figures.bookings - figures.cancellations, 100u);
}

TEST_F(RehearsalTest, CommandsOfUnknownFateArePublishedOnce) {
  Scenario scenario = SmallRush();
  scenario.commands = 3'000;
  Open(scenario);
  refusing_.Refuse(/*appends=*/3, absl::StatusCode::kUnavailable);
  RunToTheEnd();
  const Figures figures = rehearsal_->figures();
  EXPECT_EQ(figures.commands_published, 3'000u);
  EXPECT_EQ(figures.commands_answered, 3'000u);
  EXPECT_EQ(figures.bookings - figures.cancellations, 100u);
}

TEST_F(RehearsalTest, PatienceEndsWithWhatRefusedTheCommands) {
  RehearsalOptions options = Options();
  options.patience = absl::Milliseconds(300);
  Open(SmallUniform(), options);
  refusing_.Refuse(/*appends=*/1'000'000, absl::StatusCode::kUnavailable);
  const auto end = Run();
  EXPECT_EQ(end.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_NE(std::string(end.status().message()).find("refused for the test"),
            std::string::npos)
      << end.status();
}

TEST_F(RehearsalTest, StopsWhileTheDiskIsFullAndGoesOnLater) {
  bool awaits_room = false;
  RehearsalOptions options = Options();
  options.report = [&](const RehearsalProgress& progress) {
    awaits_room = progress.awaits_room;
  };
  options.stop = [&] { return awaits_room; };
  Open(SmallUniform(), options);
  refusing_.Refuse(/*appends=*/1'000'000, absl::StatusCode::kResourceExhausted);
  const auto end = Run();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(*end, Rehearsal::End::kStopped);
  EXPECT_GT(rehearsal_->figures().commands_published, 0u);
  EXPECT_LT(rehearsal_->figures().commands_published, 200u);

  refusing_.Refuse(/*appends=*/0, absl::StatusCode::kOk);
  Open(SmallUniform());
  RunToTheEnd();
  EXPECT_EQ(rehearsal_->figures().bookings, 200u);
}

TEST_F(RehearsalTest, PatienceWaitsWhileWhoDecidesHasNoRoom) {
  int looks = 0;
  RehearsalOptions options = Options();
  options.patience = absl::Milliseconds(300);
  options.is_disk_full = [&] {
    // Far beyond the patience: it is asked a few times a second.
    if (++looks == 5) worker_.Start();
    return looks < 5;
  };
  Open(SmallUniform(), options);
  const auto end = rehearsal_->Run();
  worker_.Stop();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(*end, Rehearsal::End::kFinished);
}

}  // namespace
}  // namespace slotlog
