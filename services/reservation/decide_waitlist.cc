// Joining a waitlist and being offered a seat: what the shards say to each
// other of it. Who is offered one is decide_search.cc.

#include "services/reservation/decide.h"
#include "services/reservation/rules.h"
#include "services/reservation/waitlist.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

v1::Refusal JudgePlace(const State& state, const Input& input,
                       const v1::WaitlistRequest& request) {
  if (!request.region().empty()) return v1::REFUSAL_UNSPECIFIED;
  const Site* site = state.sites().Find(RowKey::Of(SiteId{request.site_id()}));
  if (site == nullptr) return v1::REFUSAL_SITE_UNKNOWN;
  if (site->closed) return v1::REFUSAL_SITE_CLOSED;
  if (request.slot_id().empty()) return v1::REFUSAL_UNSPECIFIED;
  const Slot* slot = state.slots().Find(
      RowKey::Of(SiteId{request.site_id()}, SlotId{request.slot_id()}));
  if (slot == nullptr) return v1::REFUSAL_SLOT_UNKNOWN;
  if (slot->closed) return v1::REFUSAL_SLOT_CLOSED;
  if (input.asked_at >= slot->start) return v1::REFUSAL_SLOT_OVER;
  // While what is free is on offer, there may be others who wait for it.
  return slot->taken < slot->capacity && !slot->is_on_offer
             ? v1::REFUSAL_SEATS_FREE
             : v1::REFUSAL_UNSPECIFIED;
}

/// Is it still what the citizen waits for?
bool IsWelcome(const State& state, const Claim* claim,
               const v1::SeatOffer& offer) {
  // The campaign may have ended its offers while this one was on its way.
  if (offer.next_dose_by() != v1::NEXT_DOSE_BY_BOOKED &&
      OfferTime(state, CampaignId{offer.campaign_id()}) ==
          absl::ZeroDuration()) {
    return false;
  }
  const bool is_next_dose =
      offer.next_dose_by() != v1::NEXT_DOSE_BY_UNSPECIFIED;
  if (claim == nullptr) return is_next_dose;
  if (claim->state != ClaimState::kIdle) return false;
  return is_next_dose || (claim->waiting != Turn{} &&
                          claim->waiting.value == offer.seat_turn());
}

}  // namespace

v1::Event* DecideWaitlistRequest(const State& state, const Input& input,
                                 const v1::WaitlistRequest& request,
                                 Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (auto no = JudgePlace(state, input, request)) {
    NameAsked(*event->mutable_seat_refused(), request).set_refusal(no);
    return event;
  }
  v1::WaitlistJoined& joined =
      NameAsked(*event->mutable_waitlist_joined(), request);
  joined.set_region(request.region());
  joined.set_from_unix_ms(request.from_unix_ms());
  joined.set_to_unix_ms(request.to_unix_ms());
  joined.set_order(request.order());
  return event;
}

v1::Event* DecideSeatOffer(const State& state, const v1::SeatOffer& offer,
                           Arena& arena) {
  const CampaignId campaign{offer.campaign_id()};
  const Claim* claim =
      FindClaim(state, CitizenId{offer.citizen_id()}, campaign);
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (claim != nullptr && claim->IsOpen() &&
      !claim->conversation->offer.has_value()) {
    NameTaken(*event->mutable_offer_parked(), offer)
        .set_next_dose_by(offer.next_dose_by());
    return event;
  }
  if (!IsWelcome(state, claim, offer)) {
    NameTaken(*event->mutable_offer_declined(), offer);
    return event;
  }
  v1::Offered& offered = NameTaken(*event->mutable_offered(), offer);
  if (offer.next_dose_by() != v1::NEXT_DOSE_BY_BOOKED) {
    offered.set_deadline_unix_ms(absl::ToUnixMillis(
        state.head().decided_at + OfferTime(state, campaign)));
  }
  return event;
}

}  // namespace slotlog
