#include "tools/verify/citizen_checks.h"

#include <fmt/format.h>

#include <utility>

#include "events/partitioner.h"

namespace slotlog::verify {
namespace {

std::string_view NameOf(ClaimState state) {
  switch (state) {
    case ClaimState::kIdle:
      return "idle";
    case ClaimState::kAsked:
      return "asked";
    case ClaimState::kBooked:
      return "booked";
    case ClaimState::kReleasing:
      return "releasing";
  }
  return "";
}

}  // namespace

void CitizenChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const Place place = batch.PlaceOf(event);
  switch (event.body_case()) {
    case v1::Event::kSeatAsked:
      return Follow(event.seat_asked(), place);
    case v1::Event::kBooked:
      return Follow(event.booked(), place);
    case v1::Event::kReleaseAsked:
      return Follow(event.release_asked(), place);
    case v1::Event::kCancelled:
      return Follow(event.cancelled(), place);
    case v1::Event::kCommandRefused:
      return Follow(event.command_refused(), place);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

template <typename Body>
Claim& CitizenChecks::Expect(const Body& body, const Place& place,
                             ClaimState expected, std::string_view doing) {
  findings_.Checked(Invariant::kOneClaim);
  Claim& claim = claims_[ClaimOf(body)];
  if (claim.state != expected) {
    Violated(place,
             fmt::format("citizen {} in campaign {} {}, and the claim is {} "
                         "since event {}, not {}",
                         body.citizen_id(), body.campaign_id(), doing,
                         NameOf(claim.state), claim.sequence.value,
                         NameOf(expected)));
  }
  claim.sequence = place.sequence;
  return claim;
}

template <typename Body>
void CitizenChecks::ExpectConversation(const Claim& claim, const Body& body,
                                       const Place& place) {
  if (claim.turn != Turn{body.turn()} || claim.slot != SlotOf(body) ||
      claim.command != Offset{body.command_offset()}) {
    Violated(place, fmt::format(
                        "it ends turn {} for the command at {} in slot {} of "
                        "site {}; open is turn {} for the command at {}",
                        body.turn(), body.command_offset(), body.slot_id(),
                        body.site_id(), claim.turn.value, claim.command.value));
  }
}

template <typename Body>
void CitizenChecks::BeginTurn(Claim& claim, const Body& body,
                              const Place& place) {
  if (body.turn() != claim.turn.value + 1) {
    Violated(place, fmt::format("turn {} of citizen {} in campaign {} follows "
                                "turn {}",
                                body.turn(), body.citizen_id(),
                                body.campaign_id(), claim.turn.value));
  }
  claim.turn = Turn{body.turn()};
  claim.command = Offset{body.command_offset()};
}

void CitizenChecks::Follow(const v1::SeatAsked& asked, const Place& place) {
  if (ShardOf(asked.citizen_id(), shards_) != shard_) {
    Violated(place, fmt::format("citizen {} is not at home in this shard",
                                asked.citizen_id()));
  }
  Claim& claim = Expect(asked, place, ClaimState::kIdle, "asks for a seat");
  BeginTurn(claim, asked, place);
  claim.slot = SlotOf(asked);
  claim.slot_shard = ShardOf(asked.site_id(), shards_);
  claim.state = ClaimState::kAsked;
}

void CitizenChecks::Follow(const v1::Booked& booked, const Place& place) {
  Claim& claim = Expect(booked, place, ClaimState::kAsked, "is booked");
  ExpectConversation(claim, booked, place);
  claim.seat_turn = Turn{booked.turn()};
  claim.slot = SlotOf(booked);
  claim.slot_shard = ShardOf(booked.site_id(), shards_);
  claim.state = ClaimState::kBooked;
}

void CitizenChecks::Follow(const v1::ReleaseAsked& asked, const Place& place) {
  Claim& claim =
      Expect(asked, place, ClaimState::kBooked, "gives the seat back");
  if (claim.seat_turn != Turn{asked.seat_turn()} ||
      claim.slot != SlotOf(asked)) {
    Violated(place, fmt::format("the seat of turn {} in slot {} of site {} is "
                                "given back; booked is one of turn {}",
                                asked.seat_turn(), asked.slot_id(),
                                asked.site_id(), claim.seat_turn.value));
  }
  BeginTurn(claim, asked, place);
  claim.state = ClaimState::kReleasing;
}

void CitizenChecks::Follow(const v1::Cancelled& cancelled, const Place& place) {
  Claim& claim =
      Expect(cancelled, place, ClaimState::kReleasing, "is cancelled");
  ExpectConversation(claim, cancelled, place);
  claim.state = ClaimState::kIdle;
}

void CitizenChecks::Follow(const v1::CommandRefused& refused,
                           const Place& place) {
  auto found = claims_.find(ClaimOf(refused));
  if (found == claims_.end()) return;
  Claim& claim = found->second;
  if (!claim.IsOpen() || claim.command != Offset{refused.command_offset()}) {
    return;
  }
  findings_.Checked(Invariant::kOneClaim);
  claim.sequence = place.sequence;
  claim.state = claim.state == ClaimState::kAsked ? ClaimState::kIdle
                                                  : ClaimState::kBooked;
}

void CitizenChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kOneClaim, place, std::move(what));
}

}  // namespace slotlog::verify
