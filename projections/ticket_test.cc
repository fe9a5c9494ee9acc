#include "projections/ticket.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

TEST(TicketTest, IsReadAsItIsWritten) {
  const Ticket ticket{Shard{3}, Offset{18211}};
  EXPECT_EQ(FormatTicket(ticket), "3-18211");
  EXPECT_EQ(ParseTicket("3-18211"), ticket);
  EXPECT_EQ(ParseTicket("0-0"), (Ticket{Shard{0}, Offset{0}}));
  EXPECT_EQ(ParseTicket("4294967295-9223372036854775807"),
            (Ticket{Shard{4294967295}, Offset{9223372036854775807}}));
}

TEST(TicketTest, WhatIsWrittenOtherwiseIsNone) {
  for (const char* text :
       {"", "3", "3-", "-3", "3-1 ", " 3-1", "3-01", "03-1", "+3-1", "3--1",
        "3-1-1", "4294967296-1", "3-9223372036854775808", "a-1", "3-0x1"}) {
    EXPECT_EQ(ParseTicket(text), std::nullopt) << text;
  }
}

TEST(PositionTest, IsReadAsItIsWritten) {
  const std::vector<ShardPosition> position{{Shard{3}, Sequence{991}},
                                            {Shard{1}, Sequence{22}}};
  EXPECT_EQ(FormatPosition(position), "3:991,1:22");
  EXPECT_EQ(ParsePosition("3:991,1:22", 2), position);
}

TEST(PositionTest, WhatIsWrittenOtherwiseOrTooLongIsNone) {
  for (const char* text : {"", "3", "3:", ":1", "3:1,", ",3:1", "3:1 ,1:2",
                           "3:18446744073709551616", "3:1,1:2,0:1"}) {
    EXPECT_EQ(ParsePosition(text, 2), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace slotlog
