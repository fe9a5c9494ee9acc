// What every command passes before it is decided: is it one, does it belong
// here, was it answered before, is the citizen's claim free for it? Then
// decide_citizen.cc decides it.

#include <optional>

#include "events/digest.h"
#include "events/partitioner.h"
#include "services/reservation/citizen_command.h"
#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"
#include "services/reservation/validate.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

v1::Event* Repeat(const CommandContext& c, const Answer& answer) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& repeated =
      NameCommand(*event->mutable_command_repeated(), c.input, c.command);
  NameWish(repeated, c.command);
  repeated.set_outcome(answer.outcome);
  repeated.set_refusal(answer.refusal);
  repeated.set_first_sequence(answer.sequence.value);
  return event;
}

/// The claim is not to be decided on now: the command waits.
v1::Event* Park(const CommandContext& c, bool is_repeat) {
  const Conversation* open = c.claim->conversation.get();
  const size_t parked = open == nullptr ? 0 : open->parked.size();
  if (parked >= (is_repeat ? kParkedWithRepeatsMax : kParkedCommandsMax)) {
    return Refuse(c, v1::REFUSAL_BUSY);
  }
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  *event->mutable_command_parked()->mutable_command() = c.command;
  return event;
}

/// A command that is undecided still: the one that opened a conversation, or
/// one that is parked behind it.
struct Undecided {
  uint64_t command_digest;
};

std::optional<Undecided> FindUndecided(const Citizen& citizen,
                                       Offset own_offset,
                                       uint64_t command_id_digest) {
  for (const Claim& claim : citizen.claims) {
    if (claim.conversation == nullptr) continue;
    const Conversation& open = *claim.conversation;
    if (claim.IsOpen() && Digest64(open.command_id) == command_id_digest) {
      return Undecided{open.command_digest};
    }
    for (const ParkedCommand& parked : open.parked) {
      if (parked.offset < own_offset &&
          parked.command_id_digest == command_id_digest) {
        return Undecided{parked.command_digest};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

v1::Event* Refuse(const Input& input, const v1::Command& command,
                  v1::Refusal refusal, std::string_view field, Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  auto& refused =
      NameCommand(*event->mutable_command_refused(), input, command);
  refused.set_refusal(refusal);
  refused.set_field(field.data(), field.size());
  if (field.empty()) NameWish(refused, command);
  return event;
}

v1::Event* DecideCommand(const State& state, const Input& input,
                         const v1::Command& command, Arena& arena) {
  if (command.has_tick()) return nullptr;
  if (auto fault = FaultInSender(command)) {
    return Refuse(input, command, fault->refusal, fault->field, arena);
  }
  const Head& head = state.head();
  if (ShardOf(command.citizen_id(), head.shards) != head.shard) {
    return Refuse(input, command, v1::REFUSAL_WRONG_PARTITION, "", arena);
  }
  if (auto fault = FaultInAction(command)) {
    return Refuse(input, command, fault->refusal, fault->field, arena);
  }

  const Citizen* citizen =
      state.citizens().Find(RowKey::Of(CitizenId{command.citizen_id()}));
  const Claim* claim =
      citizen == nullptr ? nullptr : citizen->FindClaim(CampaignOf(command));
  const CommandContext c{state, input, command, citizen, claim, arena};

  bool is_repeat = false;
  if (citizen != nullptr) {
    const uint64_t id = Digest64(command.command_id());
    if (const Answer* answer = citizen->FindAnswer(id)) {
      return answer->command_digest == input.digest
                 ? Repeat(c, *answer)
                 : Refuse(c, v1::REFUSAL_COMMAND_ID_REUSED);
    }
    if (auto undecided = FindUndecided(*citizen, input.cause.offset, id)) {
      if (undecided->command_digest != input.digest) {
        return Refuse(c, v1::REFUSAL_COMMAND_ID_REUSED);
      }
      is_repeat = true;
    }
    if (citizen->answers.size() >= kAnswersKeptMax) {
      return Refuse(c, v1::REFUSAL_TOO_MANY_COMMANDS);
    }
  }
  if (claim == nullptr) return DecideAction(c);
  if (claim->IsOpen()) return Park(c, is_repeat);
  // The hold is about to end; a confirm need not wait to hear that it is late.
  if (claim->IsDoomed(input.asked_at) && !command.has_confirm()) {
    return Park(c, is_repeat);
  }
  return DecideAction(c);
}

}  // namespace slotlog
