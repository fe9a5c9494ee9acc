#include "events/digest.h"
#include "services/reservation/agenda.h"
#include "services/reservation/fold_claim.h"
#include "services/reservation/fold_steps.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

/// Where the claim stands after the conversation's end without success.
ClaimState AfterRefusal(const Claim& claim, v1::Refusal refusal) {
  const Conversation& open = *claim.conversation;
  const bool has_given_up_seat =
      open.move.has_value() && open.move->phase == Move::Phase::kReleasingOld &&
      refusal != v1::REFUSAL_VISIT_BEGAN;
  return has_given_up_seat ? ClaimState::kIdle : open.before;
}

/// The command's parked copy, if there is one, is answered.
void UnparkAnswered(const std::string& citizen_id,
                    const std::string& campaign_id, int64_t command_offset,
                    State& state) {
  Claim* claim = ClaimInConversation(state, citizen_id, campaign_id);
  if (claim == nullptr) return;
  Unpark(*claim, command_offset);
  DropIfUnused(*claim);
}

/// The claim's seat is no more, and not by the citizen's wish.
void LoseSeat(Claim& claim) {
  if (!claim.IsOpen()) return SetState(ClaimState::kIdle, claim);
  claim.conversation->before = ClaimState::kIdle;
  claim.seat = {};
}

}  // namespace

void Apply(const v1::Event& event, const v1::CommandRefused& refused,
           State& state) {
  if (!IsKept(refused.refusal())) {
    // Without a campaign, what was refused made no sense, and its ids may be of
    // any length; with one, it may still be nobody's citizen here.
    if (refused.campaign_id().empty()) return;
    return UnparkAnswered(refused.citizen_id(), refused.campaign_id(),
                          refused.command_offset(), state);
  }
  Citizen& citizen = CitizenOf(state, refused.citizen_id());
  Claim* claim = citizen.FindClaim(CampaignId{refused.campaign_id()});
  if (claim != nullptr && claim->IsOpen() &&
      claim->conversation->command_offset.value == refused.command_offset()) {
    EndConversation(event, refused, v1::OUTCOME_REFUSED, refused.refusal(),
                    AfterRefusal(*claim, refused.refusal()), citizen, *claim);
    return;
  }
  KeepAnswer(citizen, refused.command_id(), event.command_digest(), event,
             v1::OUTCOME_REFUSED, refused.refusal());
  if (claim != nullptr) {
    Unpark(*claim, refused.command_offset());
    DropIfUnused(*claim);
  }
}

void Apply(const v1::CommandRepeated& repeated, State& state) {
  UnparkAnswered(repeated.citizen_id(), repeated.campaign_id(),
                 repeated.command_offset(), state);
}

void Apply(const v1::Event& event, const v1::CommandParked& parked,
           State& state) {
  const v1::Command& command = parked.command();
  Claim& claim = ClaimOf(CitizenOf(state, command.citizen_id()),
                         std::string(CampaignOf(command).value));
  if (claim.conversation == nullptr) NewConversation(claim);
  claim.conversation->parked.push_back(
      {.offset = Offset{event.cause_offset()},
       .asked_at = absl::FromUnixMillis(event.asked_at_unix_ms()),
       .command_digest = event.command_digest(),
       .command_id_digest = Digest64(command.command_id()),
       .command = command.SerializeAsString()});
}

void Apply(const v1::Event& event, const v1::SeatAsked& asked, State& state) {
  OpenConversation(event, asked,
                   asked.hold() ? v1::OUTCOME_HELD : v1::OUTCOME_BOOKED,
                   ClaimState::kAsked, state)
      .seat = {.site_id = asked.site_id(),
               .slot_id = asked.slot_id(),
               .number = {},
               .turn = {}};
}

void Apply(const v1::Event& event, const v1::Booked& booked, State& state) {
  Citizen& citizen = CitizenOf(state, booked.citizen_id());
  Claim& claim = ClaimOf(citizen, booked.campaign_id());
  TakeSeat(booked, Turn{booked.turn()}, claim);
  EndConversation(event, booked, v1::OUTCOME_BOOKED, v1::REFUSAL_UNSPECIFIED,
                  ClaimState::kBooked, citizen, claim);
}

// --- Holds ---

void Apply(const v1::Event& event, const v1::Held& held, State& state) {
  Citizen& citizen = CitizenOf(state, held.citizen_id());
  Claim& claim = ClaimOf(citizen, held.campaign_id());
  TakeSeat(held, Turn{held.turn()}, claim);
  HoldUntilDeadline(held, claim, state);
  EndConversation(event, held, v1::OUTCOME_HELD, v1::REFUSAL_UNSPECIFIED,
                  ClaimState::kHeld, citizen, claim);
}

void Apply(const v1::Event& event, const v1::HoldConfirmed& confirmed,
           State& state) {
  Citizen& citizen = CitizenOf(state, confirmed.citizen_id());
  Claim& claim = ClaimOf(citizen, confirmed.campaign_id());
  KeepAnswer(citizen, confirmed.command_id(), event.command_digest(), event,
             v1::OUTCOME_BOOKED, v1::REFUSAL_UNSPECIFIED);
  Unpark(claim, confirmed.command_offset());
  SetState(ClaimState::kBooked, claim);
}

void Apply(const v1::HoldExpired& expired, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, expired.citizen_id()), expired.campaign_id());
  NewConversation(claim);
  claim.state = ClaimState::kReleasing;
  claim.turn = Turn{expired.turn()};
  claim.has_expired = true;
  ++claim.chances_used;
  PassDue(expired.agenda_entries(), state);
}

void Apply(const v1::HoldGivenBack& back, State& state) {
  SetState(ClaimState::kIdle,
           ClaimOf(CitizenOf(state, back.citizen_id()), back.campaign_id()));
}

void Apply(const v1::HoldDeferred& deferred, State& state) {
  PassDue(deferred.agenda_entries(), state);
  AddDue(absl::FromUnixMillis(deferred.until_unix_ms()),
         {.kind = DueKind::kHold,
          .citizen_id = deferred.citizen_id(),
          .campaign_id = deferred.campaign_id(),
          .turn = Turn{deferred.seat_turn()},
          .site_id = {},
          .slot_id = {}},
         state);
}

// --- Seats given back, and seats for others ---

void Apply(const v1::Event& event, const v1::ReleaseAsked& asked,
           State& state) {
  OpenConversation(event, asked, v1::OUTCOME_CANCELLED, ClaimState::kReleasing,
                   state);
}

void Apply(const v1::Event& event, const v1::Cancelled& cancelled,
           State& state) {
  Citizen& citizen = CitizenOf(state, cancelled.citizen_id());
  EndConversation(event, cancelled, v1::OUTCOME_CANCELLED,
                  v1::REFUSAL_UNSPECIFIED, ClaimState::kIdle, citizen,
                  ClaimOf(citizen, cancelled.campaign_id()));
}

void Apply(const v1::Event& event, const v1::MoveAsked& asked, State& state) {
  Claim& claim = OpenConversation(event, asked, asked.wanted(),
                                  ClaimState::kMoving, state);
  claim.conversation->move = {.phase = Move::Phase::kAskingForNew,
                              .to = {.site_id = asked.site_id(),
                                     .slot_id = asked.slot_id(),
                                     .number = {},
                                     .turn = {}},
                              .is_lost = false};
}

void Apply(const v1::NewSeatTaken& taken, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, taken.citizen_id()), taken.campaign_id());
  Move& move = *claim.conversation->move;
  move.phase = Move::Phase::kReleasingOld;
  move.to.number = SeatNumber{taken.seat()};
  move.to.turn = Turn{taken.seat_turn()};
  claim.turn = Turn{taken.turn()};
}

void Apply(const v1::NewSeatReturned& returned, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, returned.citizen_id()), returned.campaign_id());
  claim.conversation->move->phase = Move::Phase::kReturningNew;
  claim.turn = Turn{returned.turn()};
}

void Apply(const v1::Event& event, const v1::Rescheduled& moved, State& state) {
  Citizen& citizen = CitizenOf(state, moved.citizen_id());
  Claim& claim = ClaimOf(citizen, moved.campaign_id());
  TakeSeat(moved, Turn{moved.seat_turn()}, claim);
  const bool is_held = moved.outcome() == v1::OUTCOME_HELD;
  if (is_held) HoldUntilDeadline(moved, claim, state);
  EndConversation(event, moved, moved.outcome(), v1::REFUSAL_UNSPECIFIED,
                  is_held ? ClaimState::kHeld : ClaimState::kBooked, citizen,
                  claim);
}

// --- What the slot announces by itself ---

void Apply(const v1::SeatLost& lost, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, lost.citizen_id()), lost.campaign_id());
  if (lost.waits()) claim.waiting = Turn{lost.seat_turn()};
  if (claim.seat.turn.value == lost.seat_turn()) return LoseSeat(claim);
  claim.conversation->move->is_lost = true;
}

void Apply(const v1::Fulfilled& fulfilled, State& state) {
  Claim& claim = ClaimOf(CitizenOf(state, fulfilled.citizen_id()),
                         fulfilled.campaign_id());
  if (!claim.IsOpen()) return SetState(ClaimState::kFulfilled, claim);
  claim.conversation->before = ClaimState::kFulfilled;
}

/// Where the seat is being given back, the slot will answer that it is gone.
void Apply(const v1::Missed& missed, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, missed.citizen_id()), missed.campaign_id());
  ++claim.chances_used;
  if (claim.IsAskedBack()) return;
  LoseSeat(claim);
}

}  // namespace slotlog
