#include "tools/verify/citizen_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/partitioner.h"

namespace slotlog::verify {

void CitizenChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const Place place = batch.PlaceOf(event);
  now_unix_ms_ = batch.batch->now_unix_ms();
  switch (event.body_case()) {
    case v1::Event::kSeatAsked:
      return Follow(event.seat_asked(), place);
    case v1::Event::kBooked:
      return Follow(event.booked(), place);
    case v1::Event::kHeld:
      return Follow(event.held(), place);
    case v1::Event::kHoldConfirmed:
      return Follow(event.hold_confirmed(), event.asked_at_unix_ms(), place);
    case v1::Event::kReleaseAsked:
      return Follow(event.release_asked(), place);
    case v1::Event::kCancelled:
      return Follow(event.cancelled(), place);
    case v1::Event::kCommandRefused:
      return Follow(event.command_refused(), place);
    case v1::Event::kHoldExpired:
      return Follow(event.hold_expired(), place);
    case v1::Event::kHoldDeferred:
      return Follow(event.hold_deferred(), place);
    case v1::Event::kHoldGivenBack:
      return Follow(event.hold_given_back(), place);
    case v1::Event::kSeatLost:
      return Follow(event.seat_lost(), place);
    case v1::Event::kFulfilled:
      return Follow(event.fulfilled(), place);
    case v1::Event::kMissed:
      return Follow(event.missed(), place);
    case v1::Event::kMoveAsked:
      return Follow(event.move_asked(), place);
    case v1::Event::kNewSeatTaken:
      return Follow(event.new_seat_taken(), place);
    case v1::Event::kNewSeatReturned:
      return Follow(event.new_seat_returned(), place);
    case v1::Event::kRescheduled:
      return Follow(event.rescheduled(), place);
    case v1::Event::kWaitlistAsked:
      return Follow(event.waitlist_asked(), place);
    case v1::Event::kWaiting:
      return Follow(event.waiting(), place);
    case v1::Event::kWaitlistLeft:
      return Follow(event.waitlist_left(), place);
    case v1::Event::kOffered:
      return Follow(event.offered(), place);
    case v1::Event::kOfferParked:
      return Follow(event.offer_parked(), place);
    case v1::Event::kOfferDeclined:
      return Follow(event.offer_declined(), place);
    case v1::Event::kOfferWithdrawn:
      return Follow(event.offer_withdrawn(), place);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

const Conversation* CitizenChecks::FindConversation(const ClaimKey& key) const {
  const auto found = conversations_.find(key);
  return found == conversations_.end() ? nullptr : &found->second;
}

// --- What a command asks for ---

void CitizenChecks::Follow(const v1::SeatAsked& asked, const Place& place) {
  if (ShardOf(asked.citizen_id(), shards_) != shard_) {
    Violated(place, fmt::format("citizen {} is not at home in this shard",
                                asked.citizen_id()));
  }
  const Subject subject =
      Expect(asked, place, {ClaimState::kIdle}, "asks for a seat");
  BeginTurn(asked, subject.claim, place);
  Conversation& open =
      Open(subject, ClaimState::kAsked, Offset{asked.command_offset()});
  open.wanted = {
      SlotOf(asked), subject.claim.turn, {}, HomeOf(asked.site_id())};
  open.wants_hold = asked.hold();
}

void CitizenChecks::Follow(const v1::Booked& booked, const Place& place) {
  const Subject subject =
      Expect(booked, place, {ClaimState::kAsked}, "is booked");
  const Conversation& open = conversations_[subject.key];
  ExpectConversation(subject.claim, open, open.wanted.slot, booked, place);
  if (open.wants_hold) Violated(place, "a hold was asked for, not a booking");
  if (open.wants_to_wait) Violated(place, "no seat was asked for");
  subject.claim.waiting = {};
  subject.claim.seat = {SlotOf(booked), Turn{booked.turn()},
                        SeatNumber{booked.seat()}, HomeOf(booked.site_id())};
  End(subject, ClaimState::kBooked);
}

void CitizenChecks::Follow(const v1::Held& held, const Place& place) {
  const Subject subject = Expect(held, place, {ClaimState::kAsked}, "is held");
  const Conversation& open = conversations_[subject.key];
  ExpectConversation(subject.claim, open, open.wanted.slot, held, place);
  if (!open.wants_hold) Violated(place, "a booking was asked for, not a hold");
  subject.claim.waiting = {};
  subject.claim.seat = {SlotOf(held), Turn{held.turn()},
                        SeatNumber{held.seat()}, HomeOf(held.site_id())};
  subject.claim.deadline_unix_ms = held.deadline_unix_ms();
  End(subject, ClaimState::kHeld);
}

void CitizenChecks::Follow(const v1::HoldConfirmed& confirmed,
                           int64_t asked_at_unix_ms, const Place& place) {
  const Subject subject =
      Expect(confirmed, place, {ClaimState::kHeld}, "is confirmed");
  Claim& claim = subject.claim;
  ExpectSeat(claim.seat, SeatNamedBy(confirmed), confirmed.slot_id(), place);
  if (asked_at_unix_ms >= claim.deadline_unix_ms) {
    Violated(place, fmt::format("confirmed by a command asked at {} ms; the "
                                "hold's deadline was {} ms",
                                asked_at_unix_ms, claim.deadline_unix_ms));
  }
  claim.deadline_unix_ms = 0;
  claim.state = ClaimState::kBooked;
}

void CitizenChecks::Follow(const v1::ReleaseAsked& asked, const Place& place) {
  const Subject subject =
      Expect(asked, place, {ClaimState::kBooked, ClaimState::kHeld},
             "gives the seat back");
  ExpectSeat(subject.claim.seat, SeatNamedBy(asked), asked.slot_id(), place);
  BeginTurn(asked, subject.claim, place);
  Open(subject, ClaimState::kReleasing, Offset{asked.command_offset()});
}

void CitizenChecks::Follow(const v1::Cancelled& cancelled, const Place& place) {
  const Subject subject =
      Expect(cancelled, place, {ClaimState::kReleasing}, "is cancelled");
  const Conversation& open = conversations_[subject.key];
  ExpectConversation(subject.claim, open, subject.claim.seat.slot, cancelled,
                     place);
  if (open.visit == Conversation::Visit::kFulfilled) {
    Violated(place, "the visit is over and cannot be cancelled");
  }
  End(subject, ClaimState::kIdle);
}

void CitizenChecks::Follow(const v1::CommandRefused& refused,
                           const Place& place) {
  const auto conversation = conversations_.find(ClaimOf(refused));
  if (conversation == conversations_.end() ||
      conversation->second.command != Offset{refused.command_offset()}) {
    return;
  }
  findings_.Checked(Invariant::kOneClaim);
  const Subject subject{conversation->first, claims_[conversation->first]};
  const bool visit_began = refused.refusal() == v1::REFUSAL_VISIT_BEGAN;
  subject.claim.sequence = place.sequence;
  if (subject.claim.state == ClaimState::kReleasing && !visit_began) {
    Violated(place,
             "a seat that is asked back stays, and its visit did not "
             "begin");
  }
  if (subject.claim.state == ClaimState::kLeaving) {
    if (conversation->second.wanted.IsThere()) {
      Violated(place, "the move is refused, and its new seat stands");
    }
    if (!visit_began) return End(subject, ClaimState::kIdle);
  }
  EndAsBefore(subject);
}

// --- Steps of theirs ---

void CitizenChecks::ExpectState(const Claim& claim,
                                std::initializer_list<ClaimState> states,
                                std::string_view citizen,
                                std::string_view campaign,
                                std::string_view doing, const Place& place) {
  if (std::find(states.begin(), states.end(), claim.state) != states.end()) {
    return;
  }
  std::string expected;
  for (ClaimState state : states) {
    if (!expected.empty()) expected += " or ";
    expected += NameOf(state);
  }
  Violated(place, fmt::format("citizen {} in campaign {} {}, and the claim is "
                              "{} since event {}, not {}",
                              citizen, campaign, doing, NameOf(claim.state),
                              claim.sequence.value, expected));
}

void CitizenChecks::ExpectSeat(const ClaimSeat& expected,
                               const ClaimSeat& named, std::string_view slot,
                               const Place& place) {
  if (expected == named) return;
  Violated(place,
           fmt::format("it names seat {} of slot {}, taken under turn "
                       "{}; the claim's is seat {} of turn {}{}",
                       named.number.value, slot, named.turn.value,
                       expected.number.value, expected.turn.value,
                       expected.slot == named.slot ? "" : " in another slot"));
}

void CitizenChecks::TellOtherConversation(const Claim& claim,
                                          const Conversation& open,
                                          uint32_t turn, int64_t command_offset,
                                          std::string_view slot,
                                          const Place& place) {
  Violated(place,
           fmt::format("it ends turn {} for the command at {} in slot {}; open "
                       "is turn {} for the command at {}",
                       turn, command_offset, slot, claim.turn.value,
                       open.command.value));
}

void CitizenChecks::TellOtherTurn(const Claim& claim, uint32_t turn,
                                  std::string_view citizen,
                                  std::string_view campaign,
                                  const Place& place) {
  Violated(place,
           fmt::format("turn {} of citizen {} in campaign {} follows turn {}",
                       turn, citizen, campaign, claim.turn.value));
}

Conversation& CitizenChecks::Open(const Subject& subject, ClaimState state,
                                  Offset command) {
  subject.claim.state = state;
  Conversation& open = conversations_[subject.key];
  open = {};
  open.command = command;
  return open;
}

void CitizenChecks::End(const Subject& subject, ClaimState state) {
  conversations_.erase(subject.key);
  subject.claim.state = state;
  if (state == ClaimState::kIdle) subject.claim.seat = {};
  if (state != ClaimState::kHeld) subject.claim.deadline_unix_ms = 0;
}

void CitizenChecks::EndAsBefore(const Subject& subject) {
  const Claim& claim = subject.claim;
  switch (conversations_[subject.key].visit) {
    case Conversation::Visit::kFulfilled:
      return End(subject, ClaimState::kFulfilled);
    case Conversation::Visit::kMissed:
      return End(subject, ClaimState::kIdle);
    case Conversation::Visit::kNotOver:
      break;
  }
  if (!claim.seat.IsThere()) return End(subject, ClaimState::kIdle);
  End(subject,
      claim.deadline_unix_ms == 0 ? ClaimState::kBooked : ClaimState::kHeld);
}

Shard CitizenChecks::HomeOf(std::string_view site_id) const {
  return ShardOf(site_id, shards_);
}

void CitizenChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kOneClaim, place, std::move(what));
}

}  // namespace slotlog::verify
