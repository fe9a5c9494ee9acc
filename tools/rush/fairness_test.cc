#include "tools/rush/fairness.h"

#include <gtest/gtest.h>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

class FairnessTest : public testing::Test {
 protected:
  static Scenario WithRegions() {
    Scenario scenario = SmallRush();
    scenario.regions = {{"Seoul", 60}, {"Jeju", 40}};
    return scenario;
  }

  /// The first command of this person stands at this offset.
  void First(uint32_t person, int64_t offset, v1::Outcome outcome) {
    fairness_.Answered(PersonNumber{person}, CommandNumber{1}, Offset{offset},
                       outcome);
  }
  void Later(uint32_t person, v1::Outcome outcome) {
    fairness_.Answered(PersonNumber{person}, CommandNumber{2}, Offset{900},
                       outcome);
  }
  FairnessReport Report() const {
    return fairness_.Report(population_, places_);
  }

  const Places places_{WithRegions(), 2031};
  const Population population_{WithRegions(), places_, /*seed=*/1};
  Fairness fairness_{population_.People(), population_.CommandsMax()};
};

constexpr v1::Outcome kBooked = v1::OUTCOME_BOOKED;
constexpr v1::Outcome kRefused = v1::OUTCOME_REFUSED;

TEST_F(FairnessTest, WhoNeverTriedIsNotCounted) {
  First(0, 0, kBooked);
  First(1, 1, kRefused);
  First(255, 2, kRefused);
  First(299, 3, kRefused);
  const auto cohorts = Report().by_cohort;
  EXPECT_EQ(cohorts[0].tried, 2u);
  EXPECT_EQ(cohorts[0].booked, 1u);
  EXPECT_EQ(cohorts[1].tried, 1u);
  EXPECT_EQ(cohorts[2].tried, 1u);
}

TEST_F(FairnessTest, OnlyTheAppointmentInTheEndCounts) {
  First(0, 0, kRefused);
  Later(0, kBooked);
  First(1, 1, kBooked);
  Later(1, v1::OUTCOME_CANCELLED);
  First(2, 2, v1::OUTCOME_HELD);
  EXPECT_EQ(Report().by_cohort[0].tried, 3u);
  EXPECT_EQ(Report().by_cohort[0].booked, 1u);
}

TEST_F(FairnessTest, TenthsFollowTheLogAndNotTheOrderOfAnswers) {
  for (uint32_t person = 100; person > 0; --person) {
    First(person, person * 7, person <= 15 ? kBooked : kRefused);
    Later(person, kRefused);
  }
  const auto tenths = Report().by_arrival;
  ASSERT_EQ(tenths.size(), 10u);
  for (const SuccessRate& tenth : tenths) EXPECT_EQ(tenth.tried, 10u);
  EXPECT_EQ(tenths[0].booked, 10u);
  EXPECT_EQ(tenths[1].booked, 5u);
  EXPECT_EQ(tenths[2].booked, 0u);
}

TEST_F(FairnessTest, OtherAgesAreInNoTenthAndNoRegion) {
  for (uint32_t person = 0; person < 300; ++person) {
    First(person, person, kRefused);
  }
  const FairnessReport report = Report();
  uint64_t in_tenths = 0;
  for (const SuccessRate& tenth : report.by_arrival) in_tenths += tenth.tried;
  EXPECT_EQ(in_tenths, 250u);
  EXPECT_EQ(report.by_region[0].tried + report.by_region[1].tried, 250u);
  EXPECT_NEAR(static_cast<double>(report.by_region[0].tried), 150, 20);
  EXPECT_EQ(report.by_region[1].kind, "Jeju");
}

TEST_F(FairnessTest, MoreCommandsThanPlacesKeepTheirOrder) {
  Fairness fairness(population_.People(), /*commands=*/10'000'000);
  for (uint32_t person = 0; person < 100; ++person) {
    fairness.Answered(PersonNumber{person}, CommandNumber{1},
                      Offset{person * int64_t{100'000}},
                      person < 10 ? kBooked : kRefused);
  }
  const auto tenths = fairness.Report(population_, places_).by_arrival;
  EXPECT_EQ(tenths[0].booked, 10u);
  EXPECT_EQ(tenths[9].tried, 10u);
}

TEST_F(FairnessTest, NobodyAnsweredIsNoDivisionByZero) {
  EXPECT_EQ(Report().by_arrival[0].tried, 0u);
}

}  // namespace
}  // namespace slotlog
