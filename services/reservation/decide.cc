#include "services/reservation/decide.h"

#include "events/invariant.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

v1::Event* DecideMessage(const State& state, const Input& input,
                         const MessageFrom& from, Arena& arena) {
  const v1::Message& message = *from.message;
  switch (message.body_case()) {
    case v1::Message::kSeatRequest:
      return DecideSeatRequest(state, input, message.seat_request(), arena);
    case v1::Message::kSeatAnswer:
      return DecideSeatAnswer(state, from, message.seat_answer(), arena);
    case v1::Message::kReleaseRequest:
      return DecideReleaseRequest(state, message.release_request(), arena);
    case v1::Message::kReleaseAnswer:
      return DecideReleaseAnswer(state, from, message.release_answer(), arena);
    case v1::Message::kSeatConfirmation:
      return DecideSeatConfirmation(state, message.seat_confirmation(), arena);
    case v1::Message::kMoveRequest:
      return DecideMoveRequest(state, input, message.move_request(), arena);
    case v1::Message::kSeatWithdrawal:
      return DecideSeatWithdrawal(state, message.seat_withdrawal(), arena);
    case v1::Message::kVisitEnd:
      return DecideVisitEnd(state, message.visit_end(), arena);
    case v1::Message::kWaitlistRequest:
      return DecideWaitlistRequest(state, input, message.waitlist_request(),
                                   arena);
    case v1::Message::kSeatOffer:
      return DecideSeatOffer(state, message.seat_offer(), arena);
    case v1::Message::kSeatDecline:
      return DecideSeatDecline(state, message.seat_decline(), arena);
    case v1::Message::kCampaignAnnouncement:
      return DecideCampaignAnnouncement(state, message.campaign_announcement(),
                                        arena);
    case v1::Message::kCampaignAdoption:
      return DecideCampaignAdoption(state, from, message.campaign_adoption(),
                                    arena);
    case v1::Message::BODY_NOT_SET:
      break;
  }
  INVARIANT(false, "a message without a body was let in");
  return nullptr;
}

v1::Event* DeadLetter(const Input& input, const UndecodableInput& undecodable,
                      Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::InputDeadLettered& dead = *event->mutable_input_dead_lettered();
  dead.set_reason(undecodable.reason);
  dead.set_payload_digest(input.digest);
  return event;
}

}  // namespace

v1::Event* Decide(const State& state, const Input& input, Arena& arena) {
  if (const auto* command = std::get_if<const v1::Command*>(&input.body)) {
    return DecideCommand(state, input, **command, arena);
  }
  if (const auto* operation = std::get_if<const v1::Operation*>(&input.body)) {
    return DecideOperation(state, input, **operation, arena);
  }
  if (const auto* from = std::get_if<MessageFrom>(&input.body)) {
    return DecideMessage(state, input, *from, arena);
  }
  if (std::holds_alternative<AgendaStep>(input.body)) {
    return DecideAgendaStep(state, arena);
  }
  return DeadLetter(input, std::get<UndecodableInput>(input.body), arena);
}

}  // namespace slotlog
