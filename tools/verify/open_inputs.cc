#include "tools/verify/open_inputs.h"

#include "events/digest.h"

namespace slotlog::verify {
namespace {

OpenInput OpenInputFrom(const DecidedInput& input) {
  OpenInput open;
  open.asked_at = input.asked_at;
  open.digest = input.digest;
  if (input.command != nullptr) {
    open.citizen_id_digest = Digest64(input.command->citizen_id());
    open.command_id_digest = Digest64(input.command->command_id());
    open.birth_date_yyyymmdd = input.command->profile().birth_date_yyyymmdd();
  } else {
    open.citizen_id_digest = Digest64("");
    open.command_id_digest = Digest64(input.operation->operation_id());
  }
  return open;
}

ClaimKey ClaimOfCommand(const v1::Command& command) {
  return KeyOf(CitizenId{command.citizen_id()},
               CampaignId{command.has_book() ? command.book().campaign_id()
                                             : command.cancel().campaign_id()});
}

}  // namespace

void OpenInputs::Add(const DecidedBatch& batch) {
  for (const DecidedInput& input : batch.inputs.commands) {
    if (input.command == nullptr || input.command->has_tick()) continue;
    commands_.emplace(input.offset, OpenInputFrom(input));
  }
  for (const DecidedInput& input : batch.inputs.operations) {
    if (input.operation == nullptr) continue;
    operations_.emplace(input.offset, OpenInputFrom(input));
  }
}

void OpenInputs::Follow(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kCommandParked:
      SetWait(commands_, Offset{event.cause_offset()}, OpenInput::Wait::kParked,
              ClaimOfCommand(event.command_parked().command()));
      return;
    case v1::Event::kSeatAsked:
      SetWait(commands_, Offset{event.seat_asked().command_offset()},
              OpenInput::Wait::kConversation, ClaimOf(event.seat_asked()));
      return;
    case v1::Event::kReleaseAsked:
      SetWait(commands_, Offset{event.release_asked().command_offset()},
              OpenInput::Wait::kConversation, ClaimOf(event.release_asked()));
      return;
    case v1::Event::kCampaignDefined:
      SetWait(operations_, Offset{event.cause_offset()},
              OpenInput::Wait::kConversation, ClaimKey{});
      return;
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kBooked:
    case v1::Event::kCancelled:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void OpenInputs::SetWait(Map& map, Offset offset, OpenInput::Wait wait,
                         ClaimKey claim) {
  auto found = map.find(offset);
  if (found == map.end()) return;
  found->second.wait = wait;
  found->second.claim = claim;
  if (wait == OpenInput::Wait::kParked) found->second.was_parked = true;
}

void OpenInputs::Close(Topic topic, Offset offset) {
  (topic == Topic::kCommands ? commands_ : operations_).erase(offset);
}

const OpenInput* OpenInputs::Find(Topic topic, Offset offset) const {
  if (topic != Topic::kCommands && topic != Topic::kOperations) return nullptr;
  const Map& map = topic == Topic::kCommands ? commands_ : operations_;
  const auto found = map.find(offset);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace slotlog::verify
