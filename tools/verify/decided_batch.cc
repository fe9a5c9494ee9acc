#include "tools/verify/decided_batch.h"

#include <algorithm>
#include <utility>

namespace slotlog::verify {
namespace {

const DecidedInput* FindIn(const std::vector<DecidedInput>& inputs,
                           Offset offset, uint32_t index) {
  const auto found = std::lower_bound(
      inputs.begin(), inputs.end(), std::pair(offset, index),
      [](const DecidedInput& input, const std::pair<Offset, uint32_t>& sought) {
        return std::pair(input.offset, input.index) < sought;
      });
  if (found == inputs.end()) return nullptr;
  return found->offset == offset && found->index == index ? &*found : nullptr;
}

}  // namespace

const DecidedInput* DecidedInputs::Find(Topic topic, Offset offset,
                                        uint32_t index) const {
  switch (topic) {
    case Topic::kCommands:
      return FindIn(commands, offset, index);
    case Topic::kOperations:
      return FindIn(operations, offset, index);
    case Topic::kInternal:
      return FindIn(messages, offset, index);
    case Topic::kEvents:
    case Topic::kConfirmations:
    case Topic::kDeadLetters:
      return nullptr;
  }
  return nullptr;
}

bool DecidedInputs::Keeps(Topic topic, Offset offset) const {
  switch (topic) {
    case Topic::kCommands:
      return offset >= commands_low;
    case Topic::kOperations:
      return offset >= operations_low;
    case Topic::kInternal:
      return offset >= internal_low;
    case Topic::kEvents:
    case Topic::kConfirmations:
    case Topic::kDeadLetters:
      return true;
  }
  return true;
}

}  // namespace slotlog::verify
