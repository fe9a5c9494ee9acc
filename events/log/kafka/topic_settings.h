// How each topic is set up, and what is wrong with one that is not. Pure.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/log.h"

namespace slotlog::kafka {

/// A topic's settings, by Kafka's names.
using TopicConfig = std::map<std::string, std::string, std::less<>>;

/// What the topic is made with; none: the topic of the log's identity.
TopicConfig ConfigOf(std::optional<Topic> topic, int replication);

/// What must be otherwise, one text each: "retention.ms is 1000 and must be
/// -1". Stricter than what ConfigOf says is right too.
std::vector<std::string> WrongSettings(std::optional<Topic> topic,
                                       int replication,
                                       const TopicConfig& config);

}  // namespace slotlog::kafka
