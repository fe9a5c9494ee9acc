#include "projections/line/rates.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

class RatesTest : public testing::Test {
 protected:
  /// A quarter of a second later.
  void Sample(int64_t arrived, int64_t decided, int64_t confirmed = 0) {
    now_ += absl::Milliseconds(250);
    line_.high.value += arrived;
    line_.decided.value += decided;
    line_.answered += decided;
    line_.confirmed += confirmed;
    rates_.AddIfDue(now_, {line_});
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  LineSample line_;
  Rates rates_{ShardCount{1}};
};

TEST_F(RatesTest, SpeedIsThatOfTheLastFiveSeconds) {
  Sample(0, 0);
  EXPECT_EQ(rates_.SpeedOf(Shard{0}).arrivals_per_second, 0);
  for (int i = 0; i < 40; ++i) Sample(10, 5, 1);
  EXPECT_DOUBLE_EQ(rates_.SpeedOf(Shard{0}).arrivals_per_second, 40);
  EXPECT_DOUBLE_EQ(rates_.SpeedOf(Shard{0}).decisions_per_second, 20);
  EXPECT_DOUBLE_EQ(rates_.SpeedOf(Shard{0}).confirmed_per_second, 4);
  EXPECT_DOUBLE_EQ(*rates_.ConfirmedShare(), 0.2);
  for (int i = 0; i < 20; ++i) Sample(0, 0);
  EXPECT_DOUBLE_EQ(rates_.SpeedOf(Shard{0}).arrivals_per_second, 0);
}

TEST_F(RatesTest, SecondsInWhichNobodyWaitedSayNothingOfHowFastItCanBe) {
  for (int i = 0; i < 40; ++i) Sample(1, 1);  // each decided at once
  EXPECT_FALSE(rates_.BusySpeedOf(Shard{0}).has_value());
  Sample(10'000, 100);
  for (int i = 0; i < 4; ++i) Sample(0, 100);
  for (int i = 0; i < 4; ++i) Sample(0, 50);
  const auto speed = rates_.BusySpeedOf(Shard{0});
  ASSERT_TRUE(speed.has_value());
  EXPECT_DOUBLE_EQ(speed->fastest, 400);
  EXPECT_DOUBLE_EQ(speed->slowest, 200);
  EXPECT_DOUBLE_EQ(speed->mean, 300);
}

TEST_F(RatesTest, WhatIsHalfAMinuteOldIsForgotten) {
  Sample(1000, 0);
  for (int i = 0; i < 4; ++i) Sample(0, 100);
  EXPECT_DOUBLE_EQ(rates_.BusySpeedOf(Shard{0})->fastest, 400);
  for (int i = 0; i < 130; ++i) Sample(0, 1);
  EXPECT_DOUBLE_EQ(rates_.BusySpeedOf(Shard{0})->fastest, 4);
}

TEST_F(RatesTest, AClockThatGoesBackBeginsAnew) {
  Sample(1000, 0);
  for (int i = 0; i < 8; ++i) Sample(0, 100);
  now_ -= absl::Hours(1);
  Sample(0, 100);
  EXPECT_FALSE(rates_.BusySpeedOf(Shard{0}).has_value());
  EXPECT_FALSE(rates_.ConfirmedShare().has_value());
}

}  // namespace
}  // namespace slotlog
