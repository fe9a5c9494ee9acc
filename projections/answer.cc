#include "projections/answer.h"

namespace slotlog {
namespace {

template <typename Body>
CommandAnswer AnswerOf(const Body& body, v1::Outcome outcome) {
  return {.offset = Offset{body.command_offset()},
          .citizen_id = body.citizen_id(),
          .command_id = body.command_id(),
          .outcome = outcome,
          .campaign_id = body.campaign_id()};
}

template <typename Body>
CommandAnswer AnswerAt(const Body& body, v1::Outcome outcome) {
  CommandAnswer answer = AnswerOf(body, outcome);
  answer.site_id = body.site_id();
  answer.slot_id = body.slot_id();
  return answer;
}

/// The end of a conversation with a slot's shard.
template <typename Body>
CommandAnswer AnswerBySlot(const Body& body, v1::Outcome outcome) {
  CommandAnswer answer = AnswerAt(body, outcome);
  answer.slot_shard = body.slot_shard();
  answer.slot_sequence = body.slot_sequence();
  return answer;
}

CommandAnswer AnswerOf(const v1::CommandRefused& refused) {
  CommandAnswer answer = AnswerBySlot(refused, v1::OUTCOME_REFUSED);
  answer.refusal = refused.refusal();
  answer.field = refused.field();
  return answer;
}

CommandAnswer AnswerOf(const v1::CommandRepeated& repeated) {
  CommandAnswer answer = AnswerAt(repeated, repeated.outcome());
  answer.refusal = repeated.refusal();
  answer.is_repeated = true;
  return answer;
}

CommandAnswer AnswerOf(const v1::Booked& booked) {
  CommandAnswer answer = AnswerBySlot(booked, v1::OUTCOME_BOOKED);
  answer.seat = booked.seat();
  answer.gives_seat = true;
  return answer;
}

CommandAnswer AnswerOf(const v1::Held& held) {
  CommandAnswer answer = AnswerBySlot(held, v1::OUTCOME_HELD);
  answer.seat = held.seat();
  answer.deadline_unix_ms = held.deadline_unix_ms();
  answer.gives_seat = true;
  return answer;
}

CommandAnswer AnswerOf(const v1::HoldConfirmed& confirmed) {
  CommandAnswer answer = AnswerAt(confirmed, v1::OUTCOME_BOOKED);
  answer.seat = confirmed.seat();
  return answer;
}

CommandAnswer AnswerOf(const v1::Rescheduled& moved) {
  CommandAnswer answer = AnswerBySlot(moved, moved.outcome());
  answer.seat = moved.seat();
  answer.deadline_unix_ms = moved.deadline_unix_ms();
  answer.gives_seat = true;
  return answer;
}

OperationAnswer AnswerOperation(Offset offset, std::string_view operation_id) {
  return {.offset = offset,
          .operation_id = operation_id,
          .outcome = v1::OUTCOME_DONE};
}

template <typename Body>
OperationAnswer Done(const v1::Event& event, const Body& body) {
  return AnswerOperation(Offset{event.cause_offset()}, body.operation_id());
}

/// Where there are others, they have to know it first.
template <typename Body>
std::optional<OperationAnswer> DoneAlone(const v1::Event& event,
                                         const Body& body, ShardCount shards) {
  if (shards.value > 1) return std::nullopt;
  return Done(event, body);
}

std::optional<OperationAnswer> DoneByAll(
    const v1::CampaignAcknowledged& known) {
  if (!known.complete()) return std::nullopt;
  return AnswerOperation(Offset{known.operation_offset()},
                         known.operation_id());
}

OperationAnswer Refused(const v1::Event& event,
                        const v1::OperationRefused& refused) {
  OperationAnswer answer = Done(event, refused);
  answer.outcome = v1::OUTCOME_REFUSED;
  answer.refusal = refused.refusal();
  answer.field = refused.field();
  return answer;
}

}  // namespace

std::optional<CommandAnswer> CommandAnswerIn(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kCommandRefused:
      return AnswerOf(event.command_refused());
    case v1::Event::kCommandRepeated:
      return AnswerOf(event.command_repeated());
    case v1::Event::kBooked:
      return AnswerOf(event.booked());
    case v1::Event::kHeld:
      return AnswerOf(event.held());
    case v1::Event::kHoldConfirmed:
      return AnswerOf(event.hold_confirmed());
    case v1::Event::kRescheduled:
      return AnswerOf(event.rescheduled());
    case v1::Event::kCancelled:
      return AnswerBySlot(event.cancelled(), v1::OUTCOME_CANCELLED);
    case v1::Event::kWaiting:
      return AnswerBySlot(event.waiting(), v1::OUTCOME_WAITING);
    case v1::Event::kWaitlistLeft:
      return AnswerOf(event.waitlist_left(), v1::OUTCOME_LEFT_WAITLIST);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
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
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return std::nullopt;  // ends no command
  }
  return std::nullopt;  // of a program that is newer than this one
}

std::optional<OperationAnswer> OperationAnswerIn(const v1::Event& event,
                                                 ShardCount shards) {
  switch (event.body_case()) {
    case v1::Event::kSiteDefined:
      return Done(event, event.site_defined());
    case v1::Event::kSlotsOpened:
      return Done(event, event.slots_opened());
    case v1::Event::kCapacityChanged:
      return Done(event, event.capacity_changed());
    case v1::Event::kSlotClosed:
      return Done(event, event.slot_closed());
    case v1::Event::kSiteClosed:
      return Done(event, event.site_closed());
    case v1::Event::kSeatCheckedIn:
      return Done(event, event.seat_checked_in());
    case v1::Event::kDoseGiven:
      return Done(event, event.dose_given());
    case v1::Event::kOperationRepeated:
      return Done(event, event.operation_repeated());
    case v1::Event::kOperationRefused:
      return Refused(event, event.operation_refused());
    case v1::Event::kCampaignDefined:
      return DoneAlone(event, event.campaign_defined(), shards);
    case v1::Event::kCampaignChanged:
      return DoneAlone(event, event.campaign_changed(), shards);
    case v1::Event::kCampaignAcknowledged:
      return DoneByAll(event.campaign_acknowledged());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kBooked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return std::nullopt;  // ends no operation
  }
  return std::nullopt;  // of a program that is newer than this one
}

}  // namespace slotlog
