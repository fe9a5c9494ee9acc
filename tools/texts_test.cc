#include "tools/texts.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

TEST(TextsTest, NumbersAreGroupedByThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(1850000), "1,850,000");
}

TEST(TextsTest, ShortNumbersNeverTakeMoreThanFiveCharacters) {
  EXPECT_EQ(Short(99'999), "99999");
  EXPECT_EQ(Short(100'000), "100k");
  EXPECT_EQ(Short(999'499), "999k");
  EXPECT_EQ(Short(999'500), "1.00M");
  EXPECT_EQ(Short(1'234'567), "1.23M");
  EXPECT_EQ(Short(9'996'000), "10.0M");
  EXPECT_EQ(Short(12'345'678), "12.3M");
  EXPECT_EQ(Short(1'234'567'890), "1.23G");
}

TEST(TextsTest, DurationsAreSaidInTheUnitThatFits) {
  EXPECT_EQ(InWords(absl::Microseconds(840)), "0.84 ms");
  EXPECT_EQ(InWords(absl::Milliseconds(420)), "420 ms");
  EXPECT_EQ(InWords(absl::Milliseconds(1250)), "1.25 s");
  EXPECT_EQ(InWords(absl::Seconds(63)), "63.0 s");
  EXPECT_EQ(InWords(absl::Minutes(50)), "50 min");
  EXPECT_EQ(InWords(absl::Seconds(55'800)), "15 h 30 min");
  EXPECT_EQ(InWords(absl::Hours(16)), "16 h");
}

TEST(TextsTest, BytesAreSaidInTheUnitThatFits) {
  EXPECT_EQ(BytesInWords(512), "512 B");
  EXPECT_EQ(BytesInWords(1536), "1.50 KiB");
  EXPECT_EQ(BytesInWords(uint64_t{3} << 30), "3.00 GiB");
}

}  // namespace
}  // namespace slotlog
