#include "projections/line/undecided.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

class UndecidedTest : public testing::Test {
 protected:
  bool Add(int64_t offset, const char* citizen, const char* command,
           uint64_t digest = 7) {
    return undecided_.Add({Shard{1}, Offset{offset}}, CitizenId{citizen},
                          CommandId{command}, digest);
  }
  /// Its offset; -1: unknown.
  int64_t Find(const char* citizen, const char* command) {
    const auto found = undecided_.Find(CitizenId{citizen}, CommandId{command});
    return found.has_value() ? found->ticket.offset.value : -1;
  }

  Undecided undecided_{ShardCount{2}, /*commands_max=*/3};
};

TEST_F(UndecidedTest, ACommandIsKnownUntilItIsDecided) {
  EXPECT_TRUE(Add(5, "c", "x"));
  EXPECT_EQ(Find("c", "x"), 5);
  EXPECT_EQ(undecided_.Find(CitizenId{"c"}, CommandId{"x"})->command_digest,
            7u);
  EXPECT_EQ(Find("cx", ""), -1);
  EXPECT_EQ(Find("", "cx"), -1);
  undecided_.Decide(Shard{0}, Offset{6});
  undecided_.Decide(Shard{1}, Offset{5});
  EXPECT_EQ(Find("c", "x"), 5);
  undecided_.Decide(Shard{1}, Offset{6});
  EXPECT_EQ(Find("c", "x"), -1);
  EXPECT_EQ(undecided_.size(), 0u);
}

TEST_F(UndecidedTest, ARepetitionFindsTheFirstTicket) {
  Add(5, "c", "x", 1);
  Add(8, "c", "x", 2);
  EXPECT_EQ(Find("c", "x"), 5);
  // Who heard of the later one before the earlier one learns better.
  Add(9, "d", "y", 2);
  Add(6, "d", "y", 1);
  EXPECT_EQ(Find("d", "y"), 6);
  EXPECT_EQ(undecided_.Find(CitizenId{"d"}, CommandId{"y"})->command_digest,
            1u);
  undecided_.Decide(Shard{1}, Offset{7});
  EXPECT_EQ(Find("d", "y"), -1);
  EXPECT_EQ(undecided_.size(), 0u);
}

TEST_F(UndecidedTest, WhatIsDecidedDoesNotComeBack) {
  undecided_.Decide(Shard{1}, Offset{6});
  EXPECT_TRUE(Add(5, "c", "x"));
  EXPECT_EQ(Find("c", "x"), -1);
}

TEST_F(UndecidedTest, BeyondItsLimitItTakesNoMore) {
  EXPECT_TRUE(Add(1, "c", "1"));
  EXPECT_TRUE(Add(2, "c", "2"));
  EXPECT_TRUE(Add(3, "c", "3"));
  EXPECT_FALSE(Add(4, "c", "4"));
  EXPECT_TRUE(Add(4, "c", "3"));
  undecided_.Decide(Shard{1}, Offset{2});
  EXPECT_TRUE(Add(4, "c", "4"));
}

}  // namespace
}  // namespace slotlog
