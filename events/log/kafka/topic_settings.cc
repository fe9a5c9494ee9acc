#include "events/log/kafka/topic_settings.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include "events/log/kafka/settings.h"

namespace slotlog::kafka {
namespace {

constexpr int64_t kForEver = -1;
constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;
/// Inputs, messages and answers can be looked at for so long, and no shard may
/// be away for longer: its position would be below the log's start.
constexpr int64_t kRetentionMs = 30 * kDayMs;
constexpr int64_t kRetentionMsMin = kDayMs;

enum class Rule {
  kExactly,
  /// A whole number, at least so great.
  kAtLeast,
  /// The same, or -1: for ever.
  kAtLeastOrForEver,
};

struct Wanted {
  std::string_view name;
  std::string value;
  Rule rule = Rule::kExactly;
  /// The least that is right; 0: the value.
  int64_t least = 0;
};

std::vector<Wanted> WantedOf(std::optional<Topic> topic, int replication) {
  const bool is_for_ever = !topic.has_value() || *topic == Topic::kEvents;
  const Wanted retention =
      is_for_ever ? Wanted{"retention.ms", std::to_string(kForEver)}
                  : Wanted{"retention.ms", std::to_string(kRetentionMs),
                           Rule::kAtLeastOrForEver, kRetentionMsMin};
  return {
      // The broker's clock counts and no client's.
      {"message.timestamp.type", "LogAppendTime"},
      // Compaction would take records out of the middle.
      {"cleanup.policy", "delete"},
      retention,
      // By time only: a rush must not push out what was not read yet.
      {"retention.bytes", std::to_string(kForEver)},
      // A replica that lacks acknowledged records never leads.
      {"unclean.leader.election.enable", "false"},
      {"min.insync.replicas", std::to_string(replication >= 3 ? 2 : 1),
       Rule::kAtLeast},
      {"max.message.bytes", std::to_string(kMessageBytesMax), Rule::kAtLeast},
  };
}

bool IsRight(const Wanted& wanted, const std::string& value) {
  if (value == wanted.value) return true;
  if (wanted.rule == Rule::kExactly) return false;
  int64_t number = 0;
  int64_t least = wanted.least;
  if (!absl::SimpleAtoi(value, &number)) return false;
  if (least == 0 && !absl::SimpleAtoi(wanted.value, &least)) return false;
  return number >= least ||
         (wanted.rule == Rule::kAtLeastOrForEver && number == kForEver);
}

std::string Described(const Wanted& wanted) {
  if (wanted.rule == Rule::kExactly) return wanted.value;
  const std::string least =
      wanted.least == 0 ? wanted.value : std::to_string(wanted.least);
  const bool or_ever = wanted.rule == Rule::kAtLeastOrForEver;
  return fmt::format("at least {}{}", least, or_ever ? ", or -1" : "");
}

}  // namespace

TopicConfig ConfigOf(std::optional<Topic> topic, int replication) {
  TopicConfig config;
  for (const Wanted& wanted : WantedOf(topic, replication)) {
    config.emplace(wanted.name, wanted.value);
  }
  return config;
}

std::vector<std::string> WrongSettings(std::optional<Topic> topic,
                                       int replication,
                                       const TopicConfig& config) {
  std::vector<std::string> wrong;
  for (const Wanted& wanted : WantedOf(topic, replication)) {
    const auto found = config.find(wanted.name);
    const std::string value =
        found == config.end() ? "not told" : found->second;
    if (IsRight(wanted, value)) continue;
    wrong.push_back(fmt::format("{} is {} and must be {}", wanted.name, value,
                                Described(wanted)));
  }
  return wrong;
}

}  // namespace slotlog::kafka
