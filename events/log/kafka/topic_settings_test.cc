// A topic that is not what the log rests on is told, setting by setting.

#include "events/log/kafka/topic_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace slotlog::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TopicSettingsTest, WhatIsMadeIsRight) {
  for (const int replication : {1, 3}) {
    for (const Topic topic : kTopics) {
      EXPECT_THAT(
          WrongSettings(topic, replication, ConfigOf(topic, replication)),
          IsEmpty())
          << NameOf(topic);
    }
    EXPECT_THAT(WrongSettings(std::nullopt, replication,
                              ConfigOf(std::nullopt, replication)),
                IsEmpty());
  }
}

struct WrongCase {
  Topic topic;
  int replication;
  std::string name;
  std::string value;
  /// Empty: it is right.
  std::string told;
};

TEST(TopicSettingsTest, EachWrongSettingIsTold) {
  for (const WrongCase& wrong : std::vector<WrongCase>{
           {Topic::kCommands, 1, "message.timestamp.type", "CreateTime",
            "must be LogAppendTime"},
           {Topic::kEvents, 1, "retention.ms", "604800000", "must be -1"},
           {Topic::kEvents, 1, "cleanup.policy", "compact", "must be delete"},
           {Topic::kCommands, 1, "retention.bytes", "1000", "must be -1"},
           {Topic::kCommands, 1, "retention.ms", "1000",
            "must be at least 86400000, or -1"},
           {Topic::kCommands, 1, "retention.ms", "86400000", ""},
           {Topic::kCommands, 1, "retention.ms", "-1", ""},
           {Topic::kInternal, 3, "min.insync.replicas", "1",
            "must be at least 2"},
           {Topic::kInternal, 3, "min.insync.replicas", "3", ""},
           {Topic::kInternal, 1, "unclean.leader.election.enable", "true",
            "must be false"},
           {Topic::kEvents, 1, "max.message.bytes", "1048588",
            "must be at least"},
           {Topic::kEvents, 1, "max.message.bytes", "lots",
            "must be at least"}}) {
    TopicConfig config = ConfigOf(wrong.topic, wrong.replication);
    config[wrong.name] = wrong.value;
    const auto told = WrongSettings(wrong.topic, wrong.replication, config);
    if (wrong.told.empty()) {
      EXPECT_THAT(told, IsEmpty()) << wrong.name << wrong.value;
    } else {
      EXPECT_THAT(told, ElementsAre(testing::AllOf(
                            testing::StartsWith(wrong.name + " is "),
                            testing::HasSubstr(wrong.told))));
    }
  }
}

TEST(TopicSettingsTest, SettingThatIsNotToldIsWrong) {
  TopicConfig config = ConfigOf(Topic::kEvents, 1);
  config.erase("retention.ms");
  EXPECT_THAT(WrongSettings(Topic::kEvents, 1, config),
              ElementsAre("retention.ms is not told and must be -1"));
}

}  // namespace
}  // namespace slotlog::kafka
