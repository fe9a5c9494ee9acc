#include "services/reservation/fold_claim.h"
#include "services/reservation/fold_steps.h"

namespace slotlog {
namespace {

template <typename Body>
SeatName SeatOf(const Body& body) {
  return {.site_id = body.site_id(),
          .slot_id = body.slot_id(),
          .number = SeatNumber{body.seat()},
          .turn = Turn{body.seat_turn()}};
}

/// The parked offer is decided, if there is one; else it was not parked.
void DropOffer(Claim& claim) {
  if (claim.conversation == nullptr) return;
  claim.conversation->offer.reset();
  DropIfUnused(claim);
}

}  // namespace

void Apply(const v1::Event& event, const v1::WaitlistAsked& asked,
           State& state) {
  OpenConversation(event, asked, v1::OUTCOME_WAITING, ClaimState::kAsked, state)
      .seat = {.site_id = asked.site_id(),
               .slot_id = asked.slot_id(),
               .number = {},
               .turn = {}};
}

void Apply(const v1::Event& event, const v1::Waiting& waiting, State& state) {
  Citizen& citizen = CitizenOf(state, waiting.citizen_id());
  Claim& claim = ClaimOf(citizen, waiting.campaign_id());
  claim.waiting = Turn{waiting.turn()};
  if (waiting.region().empty()) {
    return EndConversation(event, waiting, v1::OUTCOME_WAITING,
                           v1::REFUSAL_UNSPECIFIED, ClaimState::kIdle, citizen,
                           claim);
  }
  claim.turn = claim.waiting;
  KeepAnswer(citizen, waiting.command_id(), event.command_digest(), event,
             v1::OUTCOME_WAITING, v1::REFUSAL_UNSPECIFIED);
  Unpark(claim, waiting.command_offset());
  DropIfUnused(claim);
}

void Apply(const v1::Event& event, const v1::WaitlistLeft& left, State& state) {
  Citizen& citizen = CitizenOf(state, left.citizen_id());
  Claim& claim = ClaimOf(citizen, left.campaign_id());
  claim.waiting = {};
  KeepAnswer(citizen, left.command_id(), event.command_digest(), event,
             v1::OUTCOME_LEFT_WAITLIST, v1::REFUSAL_UNSPECIFIED);
  Unpark(claim, left.command_offset());
  DropIfUnused(claim);
}

void Apply(const v1::Offered& offered, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, offered.citizen_id()), offered.campaign_id());
  DropOffer(claim);
  TakeSeat(offered, Turn{offered.seat_turn()}, claim);
  if (offered.deadline_unix_ms() == 0) {
    return SetState(ClaimState::kBooked, claim);
  }
  HoldUntilDeadline(offered, claim, state);
  SetState(ClaimState::kHeld, claim);
}

void Apply(const v1::OfferParked& parked, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, parked.citizen_id()), parked.campaign_id());
  claim.conversation->offer = {.seat = SeatOf(parked),
                               .next_dose_by = parked.next_dose_by()};
}

void Apply(const v1::OfferDeclined& declined, State& state) {
  Claim* claim =
      ClaimInConversation(state, declined.citizen_id(), declined.campaign_id());
  // It may be another one, to a claim that had one parked already.
  if (claim != nullptr && claim->conversation->offer.has_value() &&
      claim->conversation->offer->seat == SeatOf(declined)) {
    DropOffer(*claim);
  }
}

void Apply(const v1::OfferWithdrawn& withdrawn, State& state) {
  Claim& claim = ClaimOf(CitizenOf(state, withdrawn.citizen_id()),
                         withdrawn.campaign_id());
  DropOffer(claim);
  if (withdrawn.reason() != v1::NOTICE_KIND_UNSPECIFIED) claim.waiting = {};
}

}  // namespace slotlog
