#include "tools/rush/latency.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

double Ms(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(duration);
}

TEST(LatencyHistogramTest, QuantilesAreRightToAHundredth) {
  LatencyHistogram latency;
  for (int ms = 1; ms <= 1000; ++ms) latency.AddMilliseconds(ms);
  EXPECT_NEAR(Ms(latency.Quantile(0.5)), 500, 6);
  EXPECT_NEAR(Ms(latency.Quantile(0.99)), 990, 11);
  EXPECT_NEAR(Ms(latency.Quantile(0.999)), 999, 11);
  EXPECT_EQ(latency.Count(), 1000u);
}

TEST(LatencyHistogramTest, NothingAddedIsZero) {
  LatencyHistogram latency;
  EXPECT_EQ(latency.Quantile(0.99), absl::ZeroDuration());
  latency.AddMilliseconds(5);
  latency.Clear();
  EXPECT_EQ(latency.Quantile(0.99), absl::ZeroDuration());
}

TEST(LatencyHistogramTest, WhatIsBeyondTheEndsCountsAtTheEnds) {
  LatencyHistogram latency;
  latency.AddMilliseconds(-3);
  latency.AddMilliseconds(0);
  latency.AddMilliseconds(1e12);
  EXPECT_NEAR(Ms(latency.Quantile(0.5)), 0.01, 1e-6);
  EXPECT_EQ(latency.Quantile(1), absl::Hours(1));
}

}  // namespace
}  // namespace slotlog
