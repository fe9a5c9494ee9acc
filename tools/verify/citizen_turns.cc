// What befalls a claim without a command of the citizen's: the hold's time is
// over, the slot takes the seat back, the visit ends.

#include <fmt/format.h>

#include "tools/verify/citizen_checks.h"

namespace slotlog::verify {

void CitizenChecks::Follow(const v1::HoldExpired& expired, const Place& place) {
  const Subject subject =
      Expect(expired, place, {ClaimState::kHeld}, "loses the hold");
  const Claim& claim = subject.claim;
  ExpectSeat(claim.seat, SeatNamedBy(expired), expired.slot_id(), place);
  if (now_unix_ms_ < claim.deadline_unix_ms) {
    Violated(place, fmt::format("the hold expires at {} ms of the line's time, "
                                "before its deadline {} ms",
                                now_unix_ms_, claim.deadline_unix_ms));
  }
  BeginTurn(expired, subject.claim, place);
  Open(subject, ClaimState::kReleasing, Conversation::kNoCommand);
}

void CitizenChecks::Follow(const v1::HoldDeferred& deferred,
                           const Place& place) {
  findings_.Checked(Invariant::kOneClaim);
  const Claim& claim = claims_[ClaimOf(deferred)];
  if (claim.IsOpen() && claim.seat.turn == Turn{deferred.seat_turn()} &&
      claim.deadline_unix_ms != 0 && claim.deadline_unix_ms <= now_unix_ms_) {
    return;
  }
  Violated(place, fmt::format("the hold of turn {} is put off; the claim of "
                              "citizen {} is {} with a seat of turn {} and "
                              "the deadline {} ms",
                              deferred.seat_turn(), deferred.citizen_id(),
                              NameOf(claim.state), claim.seat.turn.value,
                              claim.deadline_unix_ms));
}

void CitizenChecks::Follow(const v1::HoldGivenBack& back, const Place& place) {
  const Subject subject =
      Expect(back, place, {ClaimState::kReleasing}, "has given the hold back");
  const Conversation& open = conversations_[subject.key];
  if (subject.claim.turn != Turn{back.turn()} ||
      subject.claim.seat.slot != SlotOf(back) ||
      open.command != Conversation::kNoCommand) {
    TellOtherConversation(subject.claim, open, back.turn(),
                          Conversation::kNoCommand.value, back.slot_id(),
                          place);
  }
  End(subject, ClaimState::kIdle);
}

void CitizenChecks::Follow(const v1::SeatLost& lost, const Place& place) {
  const Subject subject = Expect(lost, place,
                                 {ClaimState::kHeld, ClaimState::kBooked,
                                  ClaimState::kMoving, ClaimState::kLeaving},
                                 "loses the seat");
  const ClaimSeat named = SeatNamedBy(lost);
  if (lost.waits()) subject.claim.waiting = named.turn;
  if (subject.claim.state == ClaimState::kLeaving) {
    // The old one is being released, and the release's answer says it.
    ClaimSeat& wanted = conversations_[subject.key].wanted;
    ExpectSeat(wanted, named, lost.slot_id(), place);
    wanted = {};
    return;
  }
  ExpectSeat(subject.claim.seat, named, lost.slot_id(), place);
  if (subject.claim.state != ClaimState::kMoving) {
    return End(subject, ClaimState::kIdle);
  }
  subject.claim.seat = {};
  subject.claim.deadline_unix_ms = 0;
}

void CitizenChecks::Follow(const v1::Fulfilled& fulfilled, const Place& place) {
  EndVisit(fulfilled, Conversation::Visit::kFulfilled, "is fulfilled", place);
}

void CitizenChecks::Follow(const v1::Missed& missed, const Place& place) {
  EndVisit(missed, Conversation::Visit::kMissed, "is missed", place);
}

template <typename Body>
void CitizenChecks::EndVisit(const Body& body, Conversation::Visit visit,
                             std::string_view doing, const Place& place) {
  const Subject subject =
      Expect(body, place,
             {ClaimState::kBooked, ClaimState::kReleasing, ClaimState::kMoving,
              ClaimState::kLeaving, ClaimState::kReturning},
             doing);
  Claim& claim = subject.claim;
  ExpectSeat(claim.seat, SeatNamedBy(body), body.slot_id(), place);
  if (claim.deadline_unix_ms != 0) {
    Violated(place, "the visit ends of a seat that is only held");
  }
  if (claim.IsOpen()) {
    // The conversation crossed it and has yet to end.
    Conversation& open = conversations_[subject.key];
    if (open.visit != Conversation::Visit::kNotOver) {
      Violated(place, "the visit has ended before");
    }
    open.visit = visit;
    return;
  }
  claim.state = visit == Conversation::Visit::kFulfilled
                    ? ClaimState::kFulfilled
                    : ClaimState::kIdle;
  if (claim.state == ClaimState::kIdle) claim.seat = {};
}

}  // namespace slotlog::verify
