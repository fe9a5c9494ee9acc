#include "tools/verify/answer.h"

namespace slotlog::verify {
namespace {

template <typename Body>
Answer ToCommand(const Body& body, v1::Outcome outcome) {
  Answer answer;
  answer.topic = Topic::kCommands;
  answer.offset = Offset{body.command_offset()};
  answer.citizen_id = body.citizen_id();
  answer.command_id = body.command_id();
  answer.outcome = outcome;
  return answer;
}

template <typename Body>
Answer WithSeat(const Body& body, v1::Outcome outcome) {
  Answer answer = ToCommand(body, outcome);
  answer.seat = SeatNumber{body.seat()};
  return answer;
}

template <typename Body>
Answer UntilDeadline(const Body& body, v1::Outcome outcome) {
  Answer answer = WithSeat(body, outcome);
  answer.deadline_unix_ms = body.deadline_unix_ms();
  return answer;
}

Answer Refused(const v1::CommandRefused& refused) {
  Answer answer = ToCommand(refused, v1::OUTCOME_REFUSED);
  answer.refusal = refused.refusal();
  answer.field = refused.field();
  return answer;
}

Answer Repeated(const v1::CommandRepeated& repeated) {
  Answer answer = ToCommand(repeated, repeated.outcome());
  answer.refusal = repeated.refusal();
  answer.repeated = true;
  return answer;
}

Answer Done(std::string_view operation_id, int64_t offset) {
  Answer answer;
  answer.topic = Topic::kOperations;
  answer.offset = Offset{offset};
  answer.command_id = operation_id;
  answer.outcome = v1::OUTCOME_DONE;
  return answer;
}

Answer Refused(const v1::OperationRefused& refused, int64_t offset) {
  Answer answer = Done(refused.operation_id(), offset);
  answer.outcome = v1::OUTCOME_REFUSED;
  answer.refusal = refused.refusal();
  answer.field = refused.field();
  return answer;
}

}  // namespace

std::optional<Answer> AnswerOf(const v1::Event& event, ShardCount shards) {
  const int64_t cause = event.cause_offset();
  switch (event.body_case()) {
    case v1::Event::kSiteDefined:
      return Done(event.site_defined().operation_id(), cause);
    case v1::Event::kSlotsOpened:
      return Done(event.slots_opened().operation_id(), cause);
    case v1::Event::kCapacityChanged:
      return Done(event.capacity_changed().operation_id(), cause);
    case v1::Event::kSlotClosed:
      return Done(event.slot_closed().operation_id(), cause);
    case v1::Event::kSiteClosed:
      return Done(event.site_closed().operation_id(), cause);
    case v1::Event::kSeatCheckedIn:
      return Done(event.seat_checked_in().operation_id(), cause);
    case v1::Event::kDoseGiven:
      return Done(event.dose_given().operation_id(), cause);
    case v1::Event::kOperationRepeated:
      return Done(event.operation_repeated().operation_id(), cause);
    case v1::Event::kOperationRefused:
      return Refused(event.operation_refused(), cause);
    case v1::Event::kCampaignDefined:
      // With a single shard there is none that must hear of it first.
      if (shards.value > 1) return std::nullopt;
      return Done(event.campaign_defined().operation_id(), cause);
    case v1::Event::kCampaignChanged:
      if (shards.value > 1) return std::nullopt;
      return Done(event.campaign_changed().operation_id(), cause);
    case v1::Event::kCampaignAcknowledged:
      if (!event.campaign_acknowledged().complete()) return std::nullopt;
      return Done(event.campaign_acknowledged().operation_id(),
                  event.campaign_acknowledged().operation_offset());
    case v1::Event::kCommandRefused:
      return Refused(event.command_refused());
    case v1::Event::kCommandRepeated:
      return Repeated(event.command_repeated());
    case v1::Event::kBooked:
      return WithSeat(event.booked(), v1::OUTCOME_BOOKED);
    case v1::Event::kHeld:
      return UntilDeadline(event.held(), v1::OUTCOME_HELD);
    case v1::Event::kHoldConfirmed:
      return WithSeat(event.hold_confirmed(), v1::OUTCOME_BOOKED);
    case v1::Event::kRescheduled:
      return UntilDeadline(event.rescheduled(), event.rescheduled().outcome());
    case v1::Event::kCancelled:
      return ToCommand(event.cancelled(), v1::OUTCOME_CANCELLED);
    case v1::Event::kWaiting:
      return ToCommand(event.waiting(), v1::OUTCOME_WAITING);
    case v1::Event::kWaitlistLeft:
      return ToCommand(event.waitlist_left(), v1::OUTCOME_LEFT_WAITLIST);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kCampaignAdopted:
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
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string_view FindDifference(const Answer& answer,
                                const v1::Confirmation& confirmation) {
  if (confirmation.topic() != static_cast<v1::Topic>(answer.topic)) {
    return "topic";
  }
  if (confirmation.offset() != answer.offset.value) return "offset";
  if (confirmation.citizen_id() != answer.citizen_id) return "citizen_id";
  if (confirmation.command_id() != answer.command_id) return "command_id";
  if (confirmation.outcome() != answer.outcome) return "outcome";
  if (confirmation.refusal() != answer.refusal) return "refusal";
  if (confirmation.field() != answer.field) return "field";
  if (confirmation.repeated() != answer.repeated) return "repeated";
  if (confirmation.seat() != answer.seat.value) return "seat";
  if (confirmation.deadline_unix_ms() != answer.deadline_unix_ms) {
    return "deadline";
  }
  return "";
}

}  // namespace slotlog::verify
