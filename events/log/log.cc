#include "events/log/log.h"

#include <fmt/format.h>

namespace slotlog {

std::string_view NameOf(Topic topic) {
  switch (topic) {
    case Topic::kCommands:
      return "commands";
    case Topic::kOperations:
      return "operations";
    case Topic::kInternal:
      return "internal";
    case Topic::kEvents:
      return "events";
    case Topic::kConfirmations:
      return "confirmations";
    case Topic::kDeadLetters:
      return "dead-letters";
  }
  return "";
}

std::string DebugString(TopicPartition partition) {
  return fmt::format("{}/{}", NameOf(partition.topic), partition.shard.value);
}

}  // namespace slotlog
