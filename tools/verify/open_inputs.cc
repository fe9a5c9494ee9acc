#include "tools/verify/open_inputs.h"

#include <string_view>

#include "events/digest.h"
#include "tools/verify/answer.h"

namespace slotlog::verify {
namespace {

OpenInput OpenInputFrom(const DecidedInput& input) {
  OpenInput open;
  open.asked_at = input.asked_at;
  open.digest = input.digest;
  if (input.command != nullptr) {
    open.citizen_id_digest = Digest64(input.command->citizen_id());
    open.command_id_digest = Digest64(input.command->command_id());
    open.profile = input.command->profile();
  } else {
    open.citizen_id_digest = Digest64("");
    open.command_id_digest = Digest64(input.operation->operation_id());
  }
  return open;
}

std::string_view CampaignOf(const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      return command.book().campaign_id();
    case v1::Command::kHold:
      return command.hold().campaign_id();
    case v1::Command::kConfirm:
      return command.confirm().campaign_id();
    case v1::Command::kCancel:
      return command.cancel().campaign_id();
    case v1::Command::kReschedule:
      return command.reschedule().campaign_id();
    case v1::Command::kJoinWaitlist:
      return command.join_waitlist().campaign_id();
    case v1::Command::kLeaveWaitlist:
      return command.leave_waitlist().campaign_id();
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return "";
}

ClaimKey ClaimOfCommand(const v1::Command& command) {
  return KeyOf(CitizenId{command.citizen_id()},
               CampaignId{CampaignOf(command)});
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
    case v1::Event::kMoveAsked:
      SetWait(commands_, Offset{event.move_asked().command_offset()},
              OpenInput::Wait::kConversation, ClaimOf(event.move_asked()));
      return;
    case v1::Event::kWaitlistAsked:
      SetWait(commands_, Offset{event.waitlist_asked().command_offset()},
              OpenInput::Wait::kConversation, ClaimOf(event.waitlist_asked()));
      return;
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignChanged:
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
    case v1::Event::kSiteClosed:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kBooked:
    case v1::Event::kCancelled:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
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

std::optional<absl::Time> OpenInputs::AskedAt(const v1::Event& event,
                                              absl::Time of_cause) const {
  const std::optional<Answer> answer = AnswerOf(event, shards_);
  if (!answer.has_value() || answer->topic != Topic::kCommands) return of_cause;
  const OpenInput* command = Find(Topic::kCommands, answer->offset);
  if (command == nullptr) return std::nullopt;
  return command->asked_at;
}

const OpenInput* OpenInputs::Find(Topic topic, Offset offset) const {
  if (topic != Topic::kCommands && topic != Topic::kOperations) return nullptr;
  const Map& map = topic == Topic::kCommands ? commands_ : operations_;
  const auto found = map.find(offset);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace slotlog::verify
