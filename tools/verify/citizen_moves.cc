// A move, from the seat had to another one: the new one first. Within a site
// one message does both; between sites the new seat is taken, then the old one
// is asked back, and where its visit began meanwhile the new one goes back.

#include <fmt/format.h>

#include "tools/verify/citizen_checks.h"

namespace slotlog::verify {
namespace {

/// The seat that a move is to leave.
template <typename Body>
ClaimSeat OldSeatNamedBy(const Body& body, Shard home) {
  return {KeyOf(SiteId{body.from_site_id()}, SlotId{body.from_slot_id()}),
          Turn{body.from_seat_turn()}, SeatNumber{body.from_seat()}, home};
}

/// Does the answer keep to what was asked for: a hold has a deadline, an
/// appointment has none?
bool IsAnswerTo(bool wants_hold, const v1::Rescheduled& rescheduled) {
  const bool has_deadline = rescheduled.deadline_unix_ms() != 0;
  if (has_deadline != wants_hold) return false;
  if (rescheduled.outcome() == v1::OUTCOME_RESCHEDULED) return true;
  return rescheduled.outcome() ==
         (wants_hold ? v1::OUTCOME_HELD : v1::OUTCOME_BOOKED);
}

}  // namespace

void CitizenChecks::Follow(const v1::MoveAsked& asked, const Place& place) {
  const Subject subject =
      Expect(asked, place, {ClaimState::kBooked, ClaimState::kHeld},
             "asks for another seat");
  ExpectSeat(subject.claim.seat,
             OldSeatNamedBy(asked, HomeOf(asked.from_site_id())),
             asked.from_slot_id(), place);
  BeginTurn(asked, subject.claim, place);
  Conversation& open =
      Open(subject, ClaimState::kMoving, Offset{asked.command_offset()});
  open.wanted = {
      SlotOf(asked), subject.claim.turn, {}, HomeOf(asked.site_id())};
  open.wants_hold = asked.wanted() == v1::OUTCOME_HELD;
  open.is_within_site = asked.site_id() == asked.from_site_id();
}

void CitizenChecks::Follow(const v1::NewSeatTaken& taken, const Place& place) {
  const Subject subject =
      Expect(taken, place, {ClaimState::kMoving}, "has a new seat");
  Conversation& open = conversations_[subject.key];
  ExpectSeat(subject.claim.seat,
             OldSeatNamedBy(taken, HomeOf(taken.from_site_id())),
             taken.from_slot_id(), place);
  open.wanted.number = SeatNumber{taken.seat()};
  ExpectSeat(open.wanted, SeatNamedBy(taken), taken.slot_id(), place);
  if (open.is_within_site) {
    Violated(place, "within a site no seat is asked back: one message moves");
  }
  BeginTurn(taken, subject.claim, place);
  subject.claim.state = ClaimState::kLeaving;
}

void CitizenChecks::Follow(const v1::NewSeatReturned& returned,
                           const Place& place) {
  const Subject subject =
      Expect(returned, place, {ClaimState::kMoving, ClaimState::kLeaving},
             "returns the new seat");
  Conversation& open = conversations_[subject.key];
  if (subject.claim.state == ClaimState::kMoving) {
    if (open.visit == Conversation::Visit::kNotOver) {
      Violated(place, "the old seat was not asked back");
    }
    open.wanted.number = SeatNumber{returned.seat()};
  }
  ExpectSeat(open.wanted, SeatNamedBy(returned), returned.slot_id(), place);
  BeginTurn(returned, subject.claim, place);
  subject.claim.state = ClaimState::kReturning;
}

void CitizenChecks::Follow(const v1::Rescheduled& rescheduled,
                           const Place& place) {
  const Subject subject =
      Expect(rescheduled, place, {ClaimState::kMoving, ClaimState::kLeaving},
             "is rescheduled");
  Claim& claim = subject.claim;
  Conversation& open = conversations_[subject.key];
  if (open.command != Offset{rescheduled.command_offset()}) {
    TellOtherConversation(claim, open, rescheduled.seat_turn(),
                          rescheduled.command_offset(), rescheduled.slot_id(),
                          place);
  }
  if (claim.state == ClaimState::kMoving) {
    const bool has_left = open.is_within_site || !claim.seat.IsThere() ||
                          open.visit == Conversation::Visit::kMissed;
    if (!has_left) Violated(place, "the old seat was not given back");
    open.wanted.number = SeatNumber{rescheduled.seat()};
  }
  ExpectSeat(open.wanted, SeatNamedBy(rescheduled), rescheduled.slot_id(),
             place);
  if (open.visit == Conversation::Visit::kFulfilled) {
    Violated(place, "the old seat's visit is over and cannot be moved");
  }
  if (!IsAnswerTo(open.wants_hold, rescheduled)) {
    Violated(place, fmt::format("outcome {} with the deadline {} ms is no "
                                "answer: {} was asked for",
                                v1::Outcome_Name(rescheduled.outcome()),
                                rescheduled.deadline_unix_ms(),
                                open.wants_hold ? "a hold" : "no hold"));
  }
  claim.seat = SeatNamedBy(rescheduled);
  claim.waiting = {};
  claim.deadline_unix_ms = rescheduled.deadline_unix_ms();
  End(subject,
      claim.deadline_unix_ms == 0 ? ClaimState::kBooked : ClaimState::kHeld);
}

}  // namespace slotlog::verify
