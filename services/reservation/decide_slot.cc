// The slot's side of a booking: seats taken never exceed the capacity, and
// every request is answered.

#include <algorithm>

#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"
#include "services/reservation/supply.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

/// The seat of this number and turn, if it is still this citizen's.
template <typename Message>
const Seat* FindSeat(const State& state, const Message& message,
                     const std::string& slot_id, uint32_t number,
                     uint32_t turn) {
  const Seat* seat = state.seats().Find(RowKey::Of(
      SiteId{message.site_id()}, SlotId{slot_id}, SeatNumber{number}));
  if (seat == nullptr || seat->citizen_id != message.citizen_id() ||
      seat->campaign_id != message.campaign_id() || seat->turn.value != turn) {
    return nullptr;
  }
  return seat;
}

template <typename Message>
const Seat* FindSeat(const State& state, const Message& message) {
  return FindSeat(state, message, message.slot_id(), message.seat(),
                  message.seat_turn());
}

template <typename Asked>
v1::Event* Refuse(const Asked& request, v1::Refusal refusal, Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameAsked(*event->mutable_seat_refused(), request).set_refusal(refusal);
  return event;
}

const Slot* FindSlot(const State& state, const std::string& site_id,
                     const std::string& slot_id) {
  return state.slots().Find(RowKey::Of(SiteId{site_id}, SlotId{slot_id}));
}

/// Has the wave gone by that ends what nobody came for, or is it about to?
bool IsOver(const Slot& slot, const State& state) {
  return state.head().now >= slot.end + kMissedAfter;
}

/// May a seat of this slot be given out at all, be there one or not?
v1::Refusal JudgeSlot(const State& state, const Slot* slot,
                      const Input& input) {
  if (slot == nullptr) return v1::REFUSAL_SLOT_UNKNOWN;
  if (slot->closed) return v1::REFUSAL_SLOT_CLOSED;
  if (input.asked_at >= slot->start) return v1::REFUSAL_SLOT_OVER;
  if (IsOver(*slot, state)) return v1::REFUSAL_SLOT_OVER;
  return v1::REFUSAL_UNSPECIFIED;
}

/// Why a seat cannot be given back, if it cannot.
v1::Refusal JudgeRelease(const Seat* seat) {
  if (seat == nullptr) return v1::REFUSAL_SEAT_GONE;
  switch (seat->state) {
    case SeatState::kHeld:
    case SeatState::kBooked:
      return v1::REFUSAL_UNSPECIFIED;
    case SeatState::kCheckedIn:
    case SeatState::kFulfilled:
      return v1::REFUSAL_VISIT_BEGAN;
    case SeatState::kMissed:
      return v1::REFUSAL_SEAT_GONE;
  }
  return v1::REFUSAL_SEAT_GONE;
}

// --- Moves within a site ---

void FillMove(const v1::MoveRequest& request, const Slot& slot,
              v1::SeatMoved& moved) {
  NameAsked(moved, request);
  moved.set_seat(slot.last_seat.value + 1);
  moved.set_hold(request.hold());
  moved.set_is_counted(request.is_counted());
  moved.set_campaign_version(request.campaign_version());
  moved.set_from_slot_id(request.from_slot_id());
  moved.set_from_seat(request.from_seat());
  moved.set_from_seat_turn(request.from_seat_turn());
}

v1::MoveRequest RequestOf(const DelayedMove& move, const std::string& site_id) {
  v1::MoveRequest request;
  request.set_citizen_id(move.citizen_id);
  request.set_campaign_id(move.campaign_id);
  request.set_turn(move.turn.value);
  request.set_site_id(site_id);
  request.set_slot_id(move.slot_id);
  request.set_hold(move.hold);
  request.set_is_counted(move.is_counted);
  request.set_campaign_version(move.version.value);
  request.set_from_slot_id(move.from_slot_id);
  request.set_from_seat(move.from_seat.value);
  request.set_from_seat_turn(move.from_seat_turn.value);
  return request;
}

/// Somebody who waits to move the other way, and still can.
const DelayedMove* FindCounterpart(const State& state, const Site& site,
                                   const v1::MoveRequest& request) {
  for (const DelayedMove& move : site.delayed_moves) {
    // Of another campaign: what that may take of the day is not judged here.
    if (move.slot_id != request.from_slot_id() ||
        move.from_slot_id != request.slot_id() ||
        move.campaign_id != request.campaign_id()) {
      continue;
    }
    const v1::MoveRequest waiting = RequestOf(move, request.site_id());
    const Seat* seat = FindSeat(state, waiting, waiting.from_slot_id(),
                                waiting.from_seat(), waiting.from_seat_turn());
    if (JudgeRelease(seat) == v1::REFUSAL_UNSPECIFIED) return &move;
  }
  return nullptr;
}

/// The slot wanted is full.
v1::Event* SwapOrDelay(const State& state, const v1::MoveRequest& request,
                       const Slot& wanted, Arena& arena) {
  const Site* site = state.sites().Find(RowKey::Of(SiteId{request.site_id()}));
  const Slot* had = FindSlot(state, request.site_id(), request.from_slot_id());
  if (site == nullptr || had == nullptr) {
    return Refuse(request, v1::REFUSAL_SLOT_FULL, arena);
  }
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  const bool may_swap = !had->closed && !IsOver(*had, state) &&
                        !had->lowered_to.has_value() &&
                        !wanted.lowered_to.has_value();
  const DelayedMove* waiting =
      may_swap ? FindCounterpart(state, *site, request) : nullptr;
  if (waiting != nullptr) {
    v1::SeatsSwapped& swapped = *event->mutable_seats_swapped();
    FillMove(RequestOf(*waiting, request.site_id()), *had,
             *swapped.mutable_waiting());
    FillMove(request, wanted, *swapped.mutable_asking());
    return event;
  }
  if (site->delayed_moves.size() >= kDelayedMovesMax) {
    return Refuse(request, v1::REFUSAL_SLOT_FULL, arena);
  }
  v1::MoveDelayed& delayed = NameAsked(*event->mutable_move_delayed(), request);
  delayed.set_hold(request.hold());
  delayed.set_is_counted(request.is_counted());
  delayed.set_campaign_version(request.campaign_version());
  delayed.set_from_slot_id(request.from_slot_id());
  delayed.set_from_seat(request.from_seat());
  delayed.set_from_seat_turn(request.from_seat_turn());
  delayed.set_until_unix_ms(
      absl::ToUnixMillis(state.head().decided_at + kMoveDelay));
  return event;
}

}  // namespace

v1::Event* DecideSeatRequest(const State& state, const Input& input,
                             const v1::SeatRequest& request, Arena& arena) {
  const Slot* slot = FindSlot(state, request.site_id(), request.slot_id());
  if (auto no = JudgeSlot(state, slot, input)) {
    return Refuse(request, no, arena);
  }
  if (slot->taken >= slot->capacity) {
    return Refuse(request, v1::REFUSAL_SLOT_FULL, arena);
  }
  if (slot->is_on_offer) {
    return Refuse(request, v1::REFUSAL_SEATS_ON_OFFER, arena);
  }
  if (auto no = JudgeSupply(state, request, *slot)) {
    return Refuse(request, no, arena);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::SeatTaken& taken = NameAsked(*event->mutable_seat_taken(), request);
  taken.set_seat(slot->last_seat.value + 1);
  taken.set_hold(request.hold());
  if (request.is_counted()) {
    taken.set_is_counted(true);
    taken.set_campaign_version(request.campaign_version());
    taken.set_round(request.round());
    taken.set_is_move(request.is_move());
  }
  return event;
}

v1::Event* DecideMoveRequest(const State& state, const Input& input,
                             const v1::MoveRequest& request, Arena& arena) {
  const Seat* had = FindSeat(state, request, request.from_slot_id(),
                             request.from_seat(), request.from_seat_turn());
  if (auto no = JudgeRelease(had)) return Refuse(request, no, arena);
  const Slot* wanted = FindSlot(state, request.site_id(), request.slot_id());
  if (auto no = JudgeSlot(state, wanted, input)) {
    return Refuse(request, no, arena);
  }
  // Two who swap take no more of a day than before.
  if (wanted->taken >= wanted->capacity) {
    return SwapOrDelay(state, request, *wanted, arena);
  }
  if (auto no = JudgeSupply(state, request, *wanted)) {
    return Refuse(request, no, arena);
  }
  if (wanted->is_on_offer) {
    return Refuse(request, v1::REFUSAL_SEATS_ON_OFFER, arena);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  FillMove(request, *wanted, *event->mutable_seat_moved());
  return event;
}

v1::Event* DecideReleaseRequest(const State& state,
                                const v1::ReleaseRequest& request,
                                Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (auto no = JudgeRelease(FindSeat(state, request))) {
    NameAsked(*event->mutable_release_refused(), request).set_refusal(no);
    return event;
  }
  v1::SeatReleased& released =
      NameAsked(*event->mutable_seat_released(), request);
  released.set_seat(request.seat());
  released.set_seat_turn(request.seat_turn());
  released.set_is_counted(
      CountsSeats(state, CampaignId{request.campaign_id()}));
  return event;
}

v1::Event* DecideSeatConfirmation(const State& state,
                                  const v1::SeatConfirmation& confirmation,
                                  Arena& arena) {
  if (FindSeat(state, confirmation) == nullptr) return nullptr;
  const Slot* slot =
      FindSlot(state, confirmation.site_id(), confirmation.slot_id());

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  // The wave has left it as a hold.
  if (IsOver(*slot, state)) {
    NameTaken(*event->mutable_seat_missed(), confirmation);
  } else {
    NameTaken(*event->mutable_seat_confirmed(), confirmation);
  }
  return event;
}

v1::Event* DecideSeatDecline(const State& state, const v1::SeatDecline& decline,
                             Arena& arena) {
  // The slot took it back by itself meanwhile.
  if (FindSeat(state, decline) == nullptr) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameTaken(*event->mutable_seat_released(), decline)
      .set_is_counted(CountsSeats(state, CampaignId{decline.campaign_id()}));
  return event;
}

}  // namespace slotlog
