#include "services/gateway/rate_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

class RateLimitsTest : public testing::Test {
 protected:
  void Advance(absl::Duration time) { now_ += time; }

  int AdmittedOf(int requests, std::string_view key, const RateLimit& limit) {
    int admitted = 0;
    for (int i = 0; i < requests; ++i) {
      if (limits_.Take(key, limit).is_admitted) ++admitted;
    }
    return admitted;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'626'044'400);
  RateLimits limits_{4, [this] { return now_; }};
};

constexpr RateLimit kTwoASecond{.requests_per_second = 2, .window_seconds = 5};

TEST_F(RateLimitsTest, AWindowsWorthIsAdmittedAtOnceAndThenTheRate) {
  EXPECT_EQ(AdmittedOf(100, "a", kTwoASecond), 10);
  Advance(absl::Milliseconds(499));
  EXPECT_EQ(AdmittedOf(100, "a", kTwoASecond), 0);
  Advance(absl::Milliseconds(1));
  EXPECT_EQ(AdmittedOf(100, "a", kTwoASecond), 1);
  Advance(absl::Seconds(3));
  EXPECT_EQ(AdmittedOf(100, "a", kTwoASecond), 6);
  Advance(absl::Hours(1));
  EXPECT_EQ(AdmittedOf(100, "a", kTwoASecond), 10) << "no more is saved up";
}

TEST_F(RateLimitsTest, SaysWhatIsLeftAndWhen) {
  RateLimits::Verdict verdict = limits_.Take("a", kTwoASecond);
  EXPECT_EQ(verdict.left, 9u);
  EXPECT_EQ(verdict.seconds_to_full, 1u);
  AdmittedOf(9, "a", kTwoASecond);
  verdict = limits_.Take("a", kTwoASecond);
  EXPECT_FALSE(verdict.is_admitted);
  EXPECT_EQ(verdict.left, 0u);
  EXPECT_EQ(verdict.seconds_to_full, 5u);
  EXPECT_EQ(verdict.seconds_to_next, 1u);
}

TEST_F(RateLimitsTest, WhoIsRefusedDoesNotWaitLongerForIt) {
  AdmittedOf(1000, "a", kTwoASecond);
  Advance(absl::Milliseconds(500));
  EXPECT_TRUE(limits_.Take("a", kTwoASecond).is_admitted);
}

TEST_F(RateLimitsTest, KeysDoNotTakeFromEachOther) {
  EXPECT_EQ(AdmittedOf(20, "a", kTwoASecond), 10);
  EXPECT_EQ(AdmittedOf(20, "b", kTwoASecond), 10);
}

TEST_F(RateLimitsTest, AClockThatIsPutBackKeepsNobodyOutForLong) {
  AdmittedOf(20, "a", kTwoASecond);
  Advance(-absl::Hours(1));
  Advance(absl::Seconds(5));
  EXPECT_EQ(AdmittedOf(20, "a", kTwoASecond), 0);
  Advance(absl::Seconds(5));
  EXPECT_EQ(AdmittedOf(20, "a", kTwoASecond), 10);
}

TEST_F(RateLimitsTest, ManyKeysNeverTakeMoreThanTheirRoom) {
  for (int i = 0; i < 1000; ++i) {
    limits_.Take("key" + std::to_string(i), kTwoASecond);
  }
  EXPECT_EQ(limits_.keys(), 4u);
  EXPECT_FALSE(limits_.Take("newcomer", kTwoASecond).is_admitted)
      << "newcomers share a bucket, and it is empty";
  EXPECT_TRUE(limits_.Take("key0", kTwoASecond).is_admitted);
  Advance(absl::Seconds(10));
  EXPECT_EQ(AdmittedOf(20, "newcomer", kTwoASecond), 10)
      << "those who have not come for long made room";
}

}  // namespace
}  // namespace slotlog
