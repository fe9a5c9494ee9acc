// What becomes of seats: slot_checks.h.

#include <fmt/format.h>

#include "events/digest.h"
#include "events/partitioner.h"
#include "tools/verify/names.h"
#include "tools/verify/slot_checks.h"

namespace slotlog::verify {
namespace {

/// A number farther ahead than that is told, and its seat is not kept.
constexpr uint32_t kNumbersSkippedMax = 1'000;

SeatState StateOfTaken(bool hold) {
  return hold ? SeatState::kHeld : SeatState::kBooked;
}

}  // namespace

// --- Taken ---

template <typename Body>
Slot* SlotChecks::Number(const Body& body, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  Slot* slot = FindSlot(SlotOf(body), NameOfSlot(body), place);
  if (slot == nullptr) return nullptr;
  if (slot->is_closed || (!closed_sites_.empty() &&
                          closed_sites_.contains(Digest64(body.site_id())))) {
    Violated(place, NameOfSlot(body) + " is closed, and a seat is taken");
  }
  ++slot->unbegun;
  const size_t next = slot->seats.size() + 1;
  if (body.seat() != next) {
    Violated(place, fmt::format("{} is taken where {} is the next number",
                                NameOfSeat(body), next));
    if (body.seat() == 0 || body.seat() > next + kNumbersSkippedMax) {
      return slot;
    }
  }
  if (body.seat() >= next) slot->seats.resize(body.seat());
  slot->seats[body.seat() - 1] = {
      .claim = ClaimOf(body),
      .sequence = place.sequence,
      .turn = Turn{body.turn()},
      .citizen_shard = ShardOf(body.citizen_id(), shards_),
      .state = StateOfTaken(body.hold()),
      .was_offered = false};
  slot->highest_unbegun =
      SeatNumber{std::max(slot->highest_unbegun.value, uint32_t{body.seat()})};
  return slot;
}

void SlotChecks::ExpectRoom(const Slot& slot, std::string_view name,
                            const Place& place) {
  if (slot.taken <= slot.SeatsMax()) return;
  Violated(place, fmt::format("{} has {} seats taken and a capacity of {}",
                              name, slot.taken, slot.SeatsMax()));
}

template <typename Body>
Slot* SlotChecks::Take(const Body& body, const Place& place) {
  Slot* slot = Number(body, place);
  if (slot == nullptr) return nullptr;
  ++slot->taken;
  ExpectRoom(*slot, NameOfSlot(body), place);
  return slot;
}

void SlotChecks::Follow(const v1::SeatTaken& taken, const Place& place) {
  Take(taken, place);
}

void SlotChecks::Follow(const v1::SeatOffered& offered, const Place& place) {
  Slot* slot = Take(offered, place);
  if (slot == nullptr) return;
  if (Seat* seat = slot->Find(SeatNumber{offered.seat()})) {
    seat->was_offered = true;
  }
}

void SlotChecks::Follow(const v1::SeatRefused& refused) {
  if (!delayed_.empty()) delayed_.erase(ClaimOf(refused));
}

// --- Found again ---

SlotChecks::Subject SlotChecks::FindIn(const SlotKey& key, SeatNumber number,
                                       const ClaimKey& claim, Turn turn) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return {};
  Seat* seat = found->second.Find(number);
  if (seat == nullptr || !seat->Stands() || !seat->IsOf(claim, turn)) return {};
  return {&found->second, seat};
}

template <typename Body>
SlotChecks::Subject SlotChecks::FindTaken(const Body& body, Turn turn,
                                          std::string_view doing,
                                          const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const Subject subject =
      FindIn(SlotOf(body), SeatNumber{body.seat()}, ClaimOf(body), turn);
  if (subject.seat == nullptr) {
    Violated(place, fmt::format("citizen {} {} {} under turn {}, and does not "
                                "have it so",
                                body.citizen_id(), doing, NameOfSeat(body),
                                turn.value));
  }
  return subject;
}

SlotChecks::Subject SlotChecks::FindLeft(const v1::SeatMoved& moved,
                                         const Place& place) {
  const Subject subject =
      FindIn(KeyOf(SiteId{moved.site_id()}, SlotId{moved.from_slot_id()}),
             SeatNumber{moved.from_seat()}, ClaimOf(moved),
             Turn{moved.from_seat_turn()});
  if (subject.seat == nullptr) {
    Violated(place,
             fmt::format("citizen {} moves from seat {} in {} under turn {}, "
                         "and does not have it so",
                         moved.citizen_id(), moved.from_seat(),
                         NameOfSlot(moved.from_slot_id(), moved.site_id()),
                         moved.from_seat_turn()));
  } else {
    ExpectUnbegun(subject, NameOfSlot(moved.from_slot_id(), moved.site_id()),
                  place);
  }
  return subject;
}

void SlotChecks::ExpectUnbegun(const Subject& subject, std::string_view name,
                               const Place& place) {
  if (subject.seat->IsUnbegun()) return;
  Violated(place, fmt::format("a seat in {} is given up, and its visit began "
                              "with event {}",
                              name, subject.seat->sequence.value));
}

// --- Given up ---

void SlotChecks::Follow(const v1::SeatReleased& released, const Place& place) {
  const auto [slot, seat] =
      FindTaken(released, Turn{released.seat_turn()}, "gives back", place);
  if (seat == nullptr) return;
  ExpectUnbegun({slot, seat}, NameOfSlot(released), place);
  slot->Free(*seat, place.sequence, SeatState::kReleased);
}

void SlotChecks::Follow(const v1::SeatMoved& moved, const Place& place) {
  if (const auto [slot, seat] = FindLeft(moved, place); seat != nullptr) {
    slot->Free(*seat, place.sequence, SeatState::kReleased);
  }
  delayed_.erase(ClaimOf(moved));
  Take(moved, place);
}

void SlotChecks::Follow(const v1::SeatsSwapped& swapped, const Place& place) {
  const v1::SeatMoved& waiting = swapped.waiting();
  const v1::SeatMoved& asking = swapped.asking();
  if (waiting.site_id() != asking.site_id() ||
      waiting.slot_id() != asking.from_slot_id() ||
      asking.slot_id() != waiting.from_slot_id()) {
    Violated(place, fmt::format("citizens {} and {} do not take each other's "
                                "slots",
                                waiting.citizen_id(), asking.citizen_id()));
  }
  // As many seats are taken as before, in the one slot and in the other.
  for (const v1::SeatMoved* moved : {&waiting, &asking}) {
    if (const auto [slot, seat] = FindLeft(*moved, place); seat != nullptr) {
      slot->Begin(*seat, place.sequence, SeatState::kReleased);
    }
    delayed_.erase(ClaimOf(*moved));
  }
  for (const v1::SeatMoved* moved : {&waiting, &asking}) {
    Number(*moved, place);
  }
}

void SlotChecks::Follow(const v1::MoveDelayed& delayed) {
  delayed_[ClaimOf(delayed)] = Turn{delayed.turn()};
}

bool SlotChecks::IsDelayed(const ClaimKey& claim, Turn turn) const {
  const auto found = delayed_.find(claim);
  return found != delayed_.end() && found->second == turn;
}

// --- Taken back ---

bool SlotChecks::HasReason(const v1::SeatWithdrawn& withdrawn,
                           const Slot& slot) const {
  switch (withdrawn.reason()) {
    case v1::NOTICE_KIND_SITE_CLOSED:
      return closed_sites_.contains(slot.site);
    case v1::NOTICE_KIND_SLOT_CLOSED:
      return slot.withdraws;
    case v1::NOTICE_KIND_CAPACITY_LOWERED:
      return slot.taken > slot.capacity;
    case v1::NOTICE_KIND_UNSPECIFIED:
    case v1::NOTICE_KIND_HOLD_EXPIRED:
    case v1::NOTICE_KIND_FULFILLED:
    case v1::NOTICE_KIND_MISSED:
    case v1::NOTICE_KIND_OFFERED:
    case v1::NOTICE_KIND_NEXT_DOSE_BOOKED:
    case v1::NoticeKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::NoticeKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

void SlotChecks::Follow(const v1::SeatWithdrawn& withdrawn,
                        const Place& place) {
  const auto [slot, seat] =
      FindTaken(withdrawn, Turn{withdrawn.seat_turn()}, "loses", place);
  if (seat == nullptr) return;
  ExpectUnbegun({slot, seat}, NameOfSlot(withdrawn), place);
  if (!HasReason(withdrawn, *slot)) {
    Violated(place, fmt::format("{} is taken back for {}, and that is not so",
                                NameOfSeat(withdrawn),
                                v1::NoticeKind_Name(withdrawn.reason())));
  }
  if (withdrawn.reason() == v1::NOTICE_KIND_CAPACITY_LOWERED &&
      slot->HighestUnbegun().value > withdrawn.seat()) {
    Violated(place,
             fmt::format("{} is taken back before seat {}, which is "
                         "later",
                         NameOfSeat(withdrawn), slot->HighestUnbegun().value));
  }
  slot->Free(*seat, place.sequence, SeatState::kWithdrawn);
}

// --- Visited ---

void SlotChecks::Follow(const v1::SeatConfirmed& confirmed,
                        const Place& place) {
  const auto [slot, seat] =
      FindTaken(confirmed, Turn{confirmed.seat_turn()}, "confirms", place);
  if (seat == nullptr) return;
  if (seat->state != SeatState::kHeld) {
    Violated(place, NameOfSeat(confirmed) + " is confirmed, and is not held");
    return;
  }
  seat->state = SeatState::kBooked;
  seat->sequence = place.sequence;
}

void SlotChecks::Follow(const v1::SeatCheckedIn& checked_in,
                        const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const auto found = slots_.find(SlotOf(checked_in));
  Seat* seat = found == slots_.end()
                   ? nullptr
                   : found->second.Find(SeatNumber{checked_in.seat()});
  if (seat == nullptr || seat->claim != ClaimOf(checked_in) ||
      seat->state != SeatState::kBooked) {
    Violated(place,
             fmt::format("citizen {} is checked in for {}, and it is "
                         "not the citizen's appointment",
                         checked_in.citizen_id(), NameOfSeat(checked_in)));
    return;
  }
  found->second.Begin(*seat, place.sequence, SeatState::kBegun);
}

void SlotChecks::Follow(const v1::DoseGiven& given, const Place& place) {
  const auto [slot, seat] =
      FindTaken(given, Turn{given.seat_turn()}, "has the dose at", place);
  if (seat == nullptr) return;
  if (seat->state == SeatState::kHeld) {
    Violated(place, NameOfSeat(given) + " is only held, and the dose is given");
  }
  slot->Begin(*seat, place.sequence, SeatState::kFulfilled);
}

void SlotChecks::Follow(const v1::SeatMissed& missed, const Place& place) {
  const auto [slot, seat] =
      FindTaken(missed, Turn{missed.seat_turn()}, "misses", place);
  if (seat == nullptr) return;
  if (!seat->IsUnbegun()) {
    Violated(place, fmt::format("{} is missed, and its visit began with event "
                                "{}",
                                NameOfSeat(missed), seat->sequence.value));
  }
  if (now_unix_ms_ < slot->end_unix_ms) {
    Violated(place,
             fmt::format("{} is missed at {} ms, before the slot's end "
                         "{} ms",
                         NameOfSeat(missed), now_unix_ms_, slot->end_unix_ms));
  }
  slot->Begin(*seat, place.sequence, SeatState::kMissed);
}

}  // namespace slotlog::verify
