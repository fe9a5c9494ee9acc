// Joining a waitlist and being offered a seat: what the shards say to each
// other of it. Who is offered one is decide_search.cc.

#include "services/reservation/decide.h"
#include "services/reservation/supply.h"
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

/// Fills the fields that name the offered seat, as `Offer` names it.
template <typename Body, typename Offer>
Body& NameOffer(Body& body, const Offer& offer) {
  body.set_citizen_id(offer.citizen_id());
  body.set_campaign_id(offer.campaign_id());
  body.set_site_id(offer.site_id());
  body.set_slot_id(offer.slot_id());
  body.set_seat(offer.seat());
  body.set_seat_turn(offer.seat_turn());
  return body;
}

/// Is it still what the citizen waits for?
bool IsWelcome(const Claim* claim, const v1::SeatOffer& offer) {
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
    v1::SeatRefused& refused = *event->mutable_seat_refused();
    refused.set_citizen_id(request.citizen_id());
    refused.set_campaign_id(request.campaign_id());
    refused.set_turn(request.turn());
    refused.set_site_id(request.site_id());
    refused.set_slot_id(request.slot_id());
    refused.set_refusal(no);
    return event;
  }
  v1::WaitlistJoined& joined = *event->mutable_waitlist_joined();
  joined.set_citizen_id(request.citizen_id());
  joined.set_campaign_id(request.campaign_id());
  joined.set_turn(request.turn());
  joined.set_site_id(request.site_id());
  joined.set_slot_id(request.slot_id());
  joined.set_region(request.region());
  joined.set_from_unix_ms(request.from_unix_ms());
  joined.set_to_unix_ms(request.to_unix_ms());
  joined.set_order(request.order());
  return event;
}

v1::Event* DecideSeatOffer(const State& state, const v1::SeatOffer& offer,
                           Arena& arena) {
  const Citizen* citizen =
      state.citizens().Find(RowKey::Of(CitizenId{offer.citizen_id()}));
  const CampaignId campaign{offer.campaign_id()};
  const Claim* claim =
      citizen == nullptr ? nullptr : citizen->FindClaim(campaign);
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (claim != nullptr && claim->IsOpen() &&
      !claim->conversation->offer.has_value()) {
    NameOffer(*event->mutable_offer_parked(), offer)
        .set_next_dose_by(offer.next_dose_by());
    return event;
  }
  if (!IsWelcome(claim, offer)) {
    NameOffer(*event->mutable_offer_declined(), offer);
    return event;
  }
  v1::Offered& offered = NameOffer(*event->mutable_offered(), offer);
  if (offer.next_dose_by() != v1::NEXT_DOSE_BY_BOOKED) {
    offered.set_deadline_unix_ms(absl::ToUnixMillis(
        state.head().decided_at + OfferTime(state, campaign)));
  }
  return event;
}

v1::Event* DecideSeatDecline(const State& state, const v1::SeatDecline& decline,
                             Arena& arena) {
  const Seat* seat = state.seats().Find(RowKey::Of(SiteId{decline.site_id()},
                                                   SlotId{decline.slot_id()},
                                                   SeatNumber{decline.seat()}));
  // The slot took it back by itself meanwhile.
  if (seat == nullptr || seat->citizen_id != decline.citizen_id() ||
      seat->campaign_id != decline.campaign_id()) {
    return nullptr;
  }
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::SeatReleased& released =
      NameOffer(*event->mutable_seat_released(), decline);
  released.set_is_counted(
      CountsSeats(state, CampaignId{decline.campaign_id()}));
  return event;
}

}  // namespace slotlog
