// Waitlists and offers, in the citizen's shard: whoever waits is offered seats
// under the turn of his wait, and only while he has none.

#include <fmt/format.h>

#include <algorithm>

#include "events/partitioner.h"
#include "tools/verify/citizen_checks.h"

namespace slotlog::verify {

void CitizenChecks::Follow(const v1::WaitlistAsked& asked, const Place& place) {
  if (ShardOf(asked.citizen_id(), shards_) != shard_) {
    Violated(place, fmt::format("citizen {} is not at home in this shard",
                                asked.citizen_id()));
  }
  const Subject subject =
      Expect(asked, place, {ClaimState::kIdle}, "asks to wait");
  if (subject.claim.waiting != Turn{}) {
    Violated(place, "the citizen stands in a waitlist already");
  }
  BeginTurn(asked, subject.claim, place);
  Conversation& open =
      Open(subject, ClaimState::kAsked, Offset{asked.command_offset()});
  open.wanted = {
      SlotOf(asked), subject.claim.turn, {}, HomeOf(asked.site_id())};
  open.wants_to_wait = true;
}

void CitizenChecks::Follow(const v1::Waiting& waiting, const Place& place) {
  if (!waiting.region().empty()) {
    const Subject subject =
        Expect(waiting, place, {ClaimState::kIdle}, "waits in a region");
    if (subject.claim.waiting != Turn{}) {
      Violated(place, "the citizen stands in a waitlist already");
    }
    BeginTurn(waiting, subject.claim, place);
    subject.claim.waiting = subject.claim.turn;
    return;
  }
  const Subject subject = Expect(waiting, place, {ClaimState::kAsked}, "waits");
  const Conversation& open = conversations_[subject.key];
  ExpectConversation(subject.claim, open, open.wanted.slot, waiting, place);
  if (!open.wants_to_wait) Violated(place, "a seat was asked for");
  subject.claim.waiting = subject.claim.turn;
  End(subject, ClaimState::kIdle);
}

void CitizenChecks::Follow(const v1::WaitlistLeft& left, const Place& place) {
  const Subject subject =
      Expect(left, place, {ClaimState::kIdle}, "leaves the waitlist");
  if (subject.claim.waiting == Turn{}) {
    Violated(place, "the citizen stands in no waitlist");
  }
  subject.claim.waiting = {};
}

void CitizenChecks::Follow(const v1::Offered& offered, const Place& place) {
  const Subject subject =
      Expect(offered, place, {ClaimState::kIdle}, "is offered a seat");
  Claim& claim = subject.claim;
  claim.seat = SeatNamedBy(offered);
  TakeParked(subject.key, claim.seat);
  if (claim.seat.turn != Turn{} && claim.seat.turn != claim.waiting) {
    Violated(place,
             fmt::format("it is offered under turn {}, and the citizen waits "
                         "under turn {}",
                         claim.seat.turn.value, claim.waiting.value));
  }
  claim.waiting = {};
  claim.deadline_unix_ms = offered.deadline_unix_ms();
  claim.state =
      claim.deadline_unix_ms == 0 ? ClaimState::kBooked : ClaimState::kHeld;
}

void CitizenChecks::Follow(const v1::OfferParked& parked, const Place& place) {
  findings_.Checked(Invariant::kOneClaim);
  const ClaimKey key = ClaimOf(parked);
  if (!claims_[key].IsOpen()) {
    Violated(place, "an offer is parked, and no conversation is open");
  }
  offers_[key].push_back({SeatNamedBy(parked), {}});
}

void CitizenChecks::Follow(const v1::OfferDeclined& declined,
                           const Place& place) {
  findings_.Checked(Invariant::kOneClaim);
  const ClaimKey key = ClaimOf(declined);
  const ClaimSeat seat = SeatNamedBy(declined);
  TakeParked(key, seat);
  const auto claim = claims_.find(key);
  if (claim != claims_.end() && claim->second.state == ClaimState::kIdle &&
      (seat.turn == Turn{} || claim->second.waiting == seat.turn)) {
    Violated(place, fmt::format("citizen {} waits for what is declined",
                                declined.citizen_id()));
  }
  offers_[key].push_back({seat, place.sequence});
}

void CitizenChecks::Follow(const v1::OfferWithdrawn& withdrawn,
                           const Place& place) {
  findings_.Checked(Invariant::kOneClaim);
  const ClaimKey key = ClaimOf(withdrawn);
  const ClaimSeat seat = SeatNamedBy(withdrawn);
  if (!TakeParked(key, seat)) Violated(place, "no such offer is parked");
  Claim& claim = claims_[key];
  const bool waits = seat.turn != Turn{} && claim.waiting == seat.turn;
  if (waits != (withdrawn.reason() != v1::NOTICE_KIND_UNSPECIFIED)) {
    Violated(place, "a wait ends with the offer, and nobody says so");
  }
  if (waits) claim.waiting = {};
}

bool CitizenChecks::TakeParked(const ClaimKey& key, const ClaimSeat& seat) {
  const auto offers = offers_.find(key);
  if (offers == offers_.end()) return false;
  return std::erase_if(offers->second, [&](const Offer& offer) {
           return offer.declined == Sequence{} && offer.seat == seat;
         }) > 0;
}

}  // namespace slotlog::verify
