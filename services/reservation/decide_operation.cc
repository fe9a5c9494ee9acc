// What operators set up: sites, slots, capacity; campaigns are in
// decide_campaign.cc. Asking for what is so already is done at once, so that an
// import can be run again.

#include "services/reservation/decide_operation.h"

#include "events/invariant.h"
#include "events/partitioner.h"
#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"
#include "services/reservation/validate.h"

namespace slotlog {

using google::protobuf::Arena;

v1::Event* NewEvent(const OperationContext& c) {
  return Arena::CreateMessage<v1::Event>(&c.arena);
}

v1::Event* Refuse(const OperationContext& c, v1::Refusal refusal,
                  std::string_view field) {
  v1::Event* event = NewEvent(c);
  v1::OperationRefused& refused = *event->mutable_operation_refused();
  refused.set_operation_id(c.operation.operation_id());
  refused.set_refusal(refusal);
  refused.set_field(field.data(), field.size());
  return event;
}

v1::Event* Repeat(const OperationContext& c) {
  v1::Event* event = NewEvent(c);
  event->mutable_operation_repeated()->set_operation_id(
      c.operation.operation_id());
  return event;
}

namespace {

// --- The operations, one function each ---

v1::Event* DecideDefineSite(const OperationContext& c,
                            const v1::DefineSite& define) {
  const Site* site = c.state.sites().Find(RowKey::Of(SiteId{define.site_id()}));
  if (site != nullptr) {
    return StandsAs(*site, define) ? Repeat(c)
                                   : Refuse(c, v1::REFUSAL_SITE_EXISTS);
  }

  v1::Event* event = NewEvent(c);
  v1::SiteDefined& defined = *event->mutable_site_defined();
  defined.set_operation_id(c.operation.operation_id());
  *defined.mutable_site() = define;
  return event;
}

v1::Event* DecideOpenSlots(const OperationContext& c,
                           const v1::OpenSlots& open) {
  const SiteId site{open.site_id()};
  const Site* known = c.state.sites().Find(RowKey::Of(site));
  if (known == nullptr) {
    return Refuse(c, v1::REFUSAL_SITE_UNKNOWN, "open_slots.site_id");
  }
  if (known->closed) return Refuse(c, v1::REFUSAL_SITE_CLOSED);
  const size_t slots_before = known->slot_ids.size();

  v1::Event* event = NewEvent(c);
  v1::SlotsOpened& opened = *event->mutable_slots_opened();
  opened.set_operation_id(c.operation.operation_id());
  opened.set_site_id(open.site_id());
  for (const v1::Slot& wanted : open.slots()) {
    const Slot* slot =
        c.state.slots().Find(RowKey::Of(site, SlotId{wanted.slot_id()}));
    if (slot == nullptr) {
      *opened.add_slots() = wanted;
    } else if (!StandsAs(*slot, wanted)) {
      return Refuse(c, v1::REFUSAL_SLOT_EXISTS, wanted.slot_id());
    }
  }
  if (slots_before + opened.slots_size() > kSlotsPerSiteMax) {
    return Refuse(c, v1::REFUSAL_TOO_MANY_SLOTS);
  }
  return opened.slots().empty() ? Repeat(c) : event;
}

/// More waves than the agenda takes would make the head grow without bound.
bool HasRoomForWave(const OperationContext& c) {
  return c.state.head().agenda.waves.size() < kWavesMax;
}

v1::Event* DecideChangeCapacity(const OperationContext& c,
                                const v1::ChangeCapacity& change) {
  const Slot* slot = c.state.slots().Find(
      RowKey::Of(SiteId{change.site_id()}, SlotId{change.slot_id()}));
  if (slot == nullptr) return Refuse(c, v1::REFUSAL_SLOT_UNKNOWN);
  const int32_t stated = slot->lowered_to.value_or(slot->capacity);
  if (stated == change.capacity()) return Repeat(c);
  const bool has_excess = change.capacity() < slot->taken;
  if (has_excess && !change.release_excess()) {
    return Refuse(c, v1::REFUSAL_CAPACITY_BELOW_SEATS_TAKEN);
  }
  if (has_excess && !HasRoomForWave(c)) return Refuse(c, v1::REFUSAL_BUSY);

  v1::Event* event = NewEvent(c);
  v1::CapacityChanged& changed = *event->mutable_capacity_changed();
  changed.set_operation_id(c.operation.operation_id());
  changed.set_site_id(change.site_id());
  changed.set_slot_id(change.slot_id());
  changed.set_capacity(change.capacity());
  changed.set_release_excess(has_excess);
  return event;
}

v1::Event* DecideCloseSlot(const OperationContext& c,
                           const v1::CloseSlot& close) {
  const Slot* slot = c.state.slots().Find(
      RowKey::Of(SiteId{close.site_id()}, SlotId{close.slot_id()}));
  if (slot == nullptr) return Refuse(c, v1::REFUSAL_SLOT_UNKNOWN);
  if (slot->closed && !close.withdraw()) return Repeat(c);
  if (close.withdraw() && !HasRoomForWave(c))
    return Refuse(c, v1::REFUSAL_BUSY);

  v1::Event* event = NewEvent(c);
  v1::SlotClosed& closed = *event->mutable_slot_closed();
  closed.set_operation_id(c.operation.operation_id());
  closed.set_site_id(close.site_id());
  closed.set_slot_id(close.slot_id());
  closed.set_withdraw(close.withdraw());
  return event;
}

v1::Event* DecideCloseSite(const OperationContext& c,
                           const v1::CloseSite& close) {
  const Site* site = c.state.sites().Find(RowKey::Of(SiteId{close.site_id()}));
  if (site == nullptr) return Refuse(c, v1::REFUSAL_SITE_UNKNOWN);
  if (site->closed) return Repeat(c);
  if (!HasRoomForWave(c)) return Refuse(c, v1::REFUSAL_BUSY);

  v1::Event* event = NewEvent(c);
  v1::SiteClosed& closed = *event->mutable_site_closed();
  closed.set_operation_id(c.operation.operation_id());
  closed.set_site_id(close.site_id());
  return event;
}

/// The seat whose visit it is, and why it cannot be visited.
struct VisitedSeat {
  const Seat* seat;
  v1::Refusal refusal;
};

template <typename Visit>
VisitedSeat FindVisited(const OperationContext& c, const Visit& visit) {
  const Seat* seat = c.state.seats().Find(RowKey::Of(SiteId{visit.site_id()},
                                                     SlotId{visit.slot_id()},
                                                     SeatNumber{visit.seat()}));
  if (seat == nullptr || seat->citizen_id != visit.citizen_id()) {
    return {nullptr, v1::REFUSAL_SEAT_UNKNOWN};
  }
  if (seat->state == SeatState::kHeld) {
    return {seat, v1::REFUSAL_SEAT_NOT_CONFIRMED};
  }
  if (seat->state == SeatState::kMissed) {
    return {seat, v1::REFUSAL_SEAT_MISSED};
  }
  return {seat, v1::REFUSAL_UNSPECIFIED};
}

template <typename Body, typename Visit>
Body& NameVisit(const OperationContext& c, const Visit& visit, const Seat& seat,
                Body& body) {
  body.set_operation_id(c.operation.operation_id());
  body.set_citizen_id(visit.citizen_id());
  body.set_campaign_id(seat.campaign_id);
  body.set_site_id(visit.site_id());
  body.set_slot_id(visit.slot_id());
  body.set_seat(visit.seat());
  return body;
}

v1::Event* DecideCheckIn(const OperationContext& c, const v1::CheckIn& visit) {
  const auto [seat, no] = FindVisited(c, visit);
  if (no != v1::REFUSAL_UNSPECIFIED) return Refuse(c, no);
  if (seat->state != SeatState::kBooked) return Repeat(c);

  v1::Event* event = NewEvent(c);
  NameVisit(c, visit, *seat, *event->mutable_seat_checked_in());
  return event;
}

v1::Event* DecideGiveDose(const OperationContext& c,
                          const v1::GiveDose& visit) {
  const auto [seat, no] = FindVisited(c, visit);
  if (no != v1::REFUSAL_UNSPECIFIED) return Refuse(c, no);
  if (seat->state == SeatState::kFulfilled) {
    return seat->dose_digest == DigestOfDose(visit)
               ? Repeat(c)
               : Refuse(c, v1::REFUSAL_DOSE_ALREADY_GIVEN);
  }

  v1::Event* event = NewEvent(c);
  v1::DoseGiven& given =
      NameVisit(c, visit, *seat, *event->mutable_dose_given());
  given.set_seat_turn(seat->turn.value);
  given.set_product(visit.product());
  given.set_lot(visit.lot());
  return event;
}

}  // namespace

v1::Event* DecideOperation(const State& state, const Input& input,
                           const v1::Operation& operation, Arena& arena) {
  const OperationContext c{state, input, operation, arena};
  if (auto fault = FaultIn(operation)) {
    return Refuse(c, fault->refusal, fault->field);
  }
  const Head& head = state.head();
  if (ShardOf(HomeKeyOf(operation), head.shards) != head.shard) {
    return Refuse(c, v1::REFUSAL_WRONG_PARTITION);
  }
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return DecideDefineSite(c, operation.define_site());
    case v1::Operation::kOpenSlots:
      return DecideOpenSlots(c, operation.open_slots());
    case v1::Operation::kChangeCapacity:
      return DecideChangeCapacity(c, operation.change_capacity());
    case v1::Operation::kCloseSlot:
      return DecideCloseSlot(c, operation.close_slot());
    case v1::Operation::kCloseSite:
      return DecideCloseSite(c, operation.close_site());
    case v1::Operation::kCheckIn:
      return DecideCheckIn(c, operation.check_in());
    case v1::Operation::kGiveDose:
      return DecideGiveDose(c, operation.give_dose());
    case v1::Operation::kDefineCampaign:
      return DecideDefineCampaign(c, operation.define_campaign());
    case v1::Operation::kChangeCampaign:
      return DecideChangeCampaign(c, operation.change_campaign());
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  INVARIANT(false, "an operation without an action passed its guards");
  return nullptr;
}

}  // namespace slotlog
