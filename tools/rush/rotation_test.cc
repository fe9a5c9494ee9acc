#include "tools/rush/rotation.h"

#include <gtest/gtest.h>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

class RotationTest : public testing::Test {
 protected:
  static Scenario TwelveSecondDays() {
    Scenario scenario = SmallRush();
    scenario.rotation_day_seconds = 12;
    scenario.rotation_first_day = absl::CivilDay(2021, 8, 9);
    return scenario;
  }
  RotationMoment At(int seconds) const {
    return rotation_.At(absl::Seconds(seconds));
  }

  const Rotation rotation_{TwelveSecondDays()};
};

TEST_F(RotationTest, AWindowIsClosedForATwelfthOfTheDay) {
  EXPECT_EQ(At(-1), (RotationMoment{0, false}));
  EXPECT_EQ(At(0), (RotationMoment{0, true}));
  EXPECT_EQ(At(10), (RotationMoment{0, true}));
  EXPECT_EQ(At(11), (RotationMoment{1, false}));
  EXPECT_EQ(At(12), (RotationMoment{1, true}));
  EXPECT_EQ(At(119), (RotationMoment{10, false}));
  EXPECT_EQ(At(120), (RotationMoment{10, true}));
  EXPECT_TRUE(At(100'000).IsForAll());
}

TEST_F(RotationTest, TheLastDigitsOfBirthDayAndDateAreTheSame) {
  EXPECT_EQ(rotation_.RoundOf(9), 0u);
  EXPECT_EQ(rotation_.RoundOf(0), 1u);
  EXPECT_EQ(rotation_.RoundOf(8), 9u);
}

TEST_F(RotationTest, EveryRoundMayTakeATenthMoreAndTheLastIsForAll) {
  v1::Campaign campaign;
  const absl::Time opening = absl::FromUnixSeconds(1'000'000);
  rotation_.AddRounds(opening, opening + absl::Hours(1), campaign);
  ASSERT_EQ(campaign.rounds_size(), 11);
  EXPECT_EQ(campaign.rounds(0).birth_day_digits(0), 9u);
  EXPECT_EQ(campaign.rounds(0).capacity_share_permille(), 100u);
  EXPECT_EQ(campaign.rounds(1).birth_day_digits(0), 0u);
  EXPECT_EQ(
      campaign.rounds(1).opens_unix_ms() - campaign.rounds(0).closes_unix_ms(),
      1'000);
  EXPECT_EQ(campaign.rounds(9).capacity_share_permille(), 1'000u);
  EXPECT_EQ(campaign.rounds(10).birth_day_digits_size(), 0);
  EXPECT_EQ(campaign.rounds(10).opens_unix_ms(), 1'000'120'000);
}

TEST(NoRotationTest, WithoutDaysThereIsNone) {
  EXPECT_FALSE(Rotation(SmallRush()).Exists());
}

}  // namespace
}  // namespace slotlog
