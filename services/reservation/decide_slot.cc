// The slot's side of a booking: seats taken never exceed the capacity, and
// every request is answered.

#include "services/reservation/decide.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

/// Fills what all events of a seat begin with; `Asked` is the request.
template <typename Body, typename Asked>
Body& NameSeat(Body& body, const Asked& request) {
  body.set_citizen_id(request.citizen_id());
  body.set_campaign_id(request.campaign_id());
  body.set_turn(request.turn());
  body.set_site_id(request.site_id());
  body.set_slot_id(request.slot_id());
  return body;
}

v1::Event* Refuse(const v1::SeatRequest& request, v1::Refusal refusal,
                  Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameSeat(*event->mutable_seat_refused(), request).set_refusal(refusal);
  return event;
}

}  // namespace

v1::Event* DecideSeatRequest(const State& state, const Input& input,
                             const v1::SeatRequest& request, Arena& arena) {
  const Slot* slot = state.slots().Find(
      RowKey::Of(SiteId{request.site_id()}, SlotId{request.slot_id()}));
  if (slot == nullptr) return Refuse(request, v1::REFUSAL_SLOT_UNKNOWN, arena);
  if (slot->closed) return Refuse(request, v1::REFUSAL_SLOT_CLOSED, arena);
  if (input.asked_at >= slot->start) {
    return Refuse(request, v1::REFUSAL_SLOT_OVER, arena);
  }
  if (slot->taken >= slot->capacity) {
    return Refuse(request, v1::REFUSAL_SLOT_FULL, arena);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameSeat(*event->mutable_seat_taken(), request);
  return event;
}

v1::Event* DecideReleaseRequest(const State& state,
                                const v1::ReleaseRequest& request,
                                Arena& arena) {
  const Seat* seat = state.seats().Find(RowKey::Of(
      SiteId{request.site_id()}, SlotId{request.slot_id()},
      CampaignId{request.campaign_id()}, CitizenId{request.citizen_id()}));
  // Read by an owner that was fenced: its successor has given the seat.
  if (seat == nullptr || seat->turn.value != request.seat_turn()) {
    return nullptr;
  }

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameSeat(*event->mutable_seat_released(), request)
      .set_seat_turn(request.seat_turn());
  return event;
}

}  // namespace slotlog
