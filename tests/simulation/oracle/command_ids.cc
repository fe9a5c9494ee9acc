#include "tests/simulation/oracle/command_ids.h"

#include "events/partitioner.h"
#include "tests/simulation/oracle/faults.h"
#include "tests/simulation/oracle/wish.h"

namespace slotlog::oracle {

bool IsKept(v1::Refusal refusal) {
  return !IsFault(refusal) && refusal != v1::REFUSAL_WRONG_PARTITION &&
         refusal != v1::REFUSAL_COMMAND_ID_REUSED &&
         refusal != v1::REFUSAL_BUSY &&
         refusal != v1::REFUSAL_TOO_MANY_COMMANDS;
}

bool CommandIds::IsReused(int64_t offset, const Name& name) const {
  const std::string& bytes = record_.commands.at(offset).bytes;
  const auto first = first_.find(name);
  if (first != first_.end()) return first->second.bytes != bytes;
  for (const auto& [earlier, asked] : record_.commands) {
    if (earlier >= offset) return false;
    const v1::Command& command = asked.message;
    if (asked.is_readable && command.citizen_id() == name.first &&
        command.command_id() == name.second && asked.bytes != bytes &&
        FaultsOf(command).empty() && !command.has_tick() &&
        !answers_.IsAnswered(v1::TOPIC_COMMANDS, earlier)) {
      return true;
    }
  }
  return false;
}

void CommandIds::Answer(int64_t offset, v1::Outcome outcome,
                        v1::Refusal refusal, uint64_t sequence) {
  const auto& asked = record_.commands.at(offset);
  const Name name{asked.message.citizen_id(), asked.message.command_id()};
  if (refusal == v1::REFUSAL_COMMAND_ID_REUSED) {
    if (IsReused(offset, name)) return;
    return findings_.Add("{}'s id {} is refused as used, which it was not",
                         name.first, name.second);
  }
  if (!IsKept(refusal)) return;
  const auto [first, is_first] =
      first_.insert({name, {asked.bytes, outcome, refusal, sequence}});
  if (is_first) return;
  findings_.Add("{}'s id {} is answered anew: {} {}, and first {} {}",
                name.first, name.second, v1::Outcome_Name(outcome),
                v1::Refusal_Name(refusal),
                v1::Outcome_Name(first->second.outcome),
                v1::Refusal_Name(first->second.refusal));
}

void CommandIds::Repeat(int64_t offset, const v1::CommandRepeated& repeated) {
  const auto& asked = record_.commands.at(offset);
  const auto first =
      first_.find({asked.message.citizen_id(), asked.message.command_id()});
  const bool is_right = first != first_.end() &&
                        first->second.bytes == asked.bytes &&
                        first->second.outcome == repeated.outcome() &&
                        first->second.refusal == repeated.refusal() &&
                        first->second.sequence == repeated.first_sequence();
  if (is_right) return;
  findings_.Add("{}'s id {} is answered again, and not as it was first",
                asked.message.citizen_id(), asked.message.command_id());
}

}  // namespace slotlog::oracle
