#include "events/log/log.h"

#include <gtest/gtest.h>

#include <string>

#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {
namespace {

TEST(LogTest, PartitionsAreNamedAsInKafka) {
  EXPECT_EQ(DebugString({Topic::kCommands, Shard{3}}), "commands/3");
  EXPECT_EQ(DebugString({Topic::kDeadLetters, Shard{0}}), "dead-letters/0");
}

// Events name topics by the contract's numbers, the log by its own.
TEST(LogTest, TopicsAreTheContracts) {
  int topics = 0;
  for (const Topic topic : kTopics) {
    std::string name = "TOPIC_";
    for (const char c : NameOf(topic)) {
      name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
    }
    EXPECT_EQ(v1::Topic_Name(static_cast<v1::Topic>(topic)), name);
    ++topics;
  }
  EXPECT_EQ(topics, v1::Topic_ARRAYSIZE - 1);
}

}  // namespace
}  // namespace slotlog
