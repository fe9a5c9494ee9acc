#include "tests/simulation/oracle/conversations.h"

#include <algorithm>

namespace slotlog::oracle {
namespace {

template <typename Body>
SeatName SlotOf(const Body& body) {
  return {.site_id = body.site_id(), .slot_id = body.slot_id(), .number = 0};
}

}  // namespace

void Conversations::Say(uint32_t shard, const v1::Event& event) {
  const auto say = [&](const auto& body, v1::Refusal refusal, SeatName seat) {
    said_[{shard, event.sequence()}].push_back({.claim = ClaimNameOf(body),
                                                .refusal = refusal,
                                                .seat = std::move(seat)});
  };
  const auto yes = [&](const auto& body) {
    say(body, v1::REFUSAL_UNSPECIFIED, SeatNameOf(body));
  };
  if (event.has_seat_taken()) yes(event.seat_taken());
  if (event.has_seat_moved()) yes(event.seat_moved());
  if (event.has_seats_swapped()) {
    yes(event.seats_swapped().waiting());
    yes(event.seats_swapped().asking());
  }
  if (event.has_seat_released()) yes(event.seat_released());
  if (event.has_seat_refused()) {
    say(event.seat_refused(), event.seat_refused().refusal(),
        SlotOf(event.seat_refused()));
  }
  if (event.has_waitlist_joined()) {
    say(event.waitlist_joined(), v1::REFUSAL_UNSPECIFIED,
        SlotOf(event.waitlist_joined()));
  }
  if (event.has_release_refused()) {
    say(event.release_refused(), event.release_refused().refusal(),
        SlotOf(event.release_refused()));
  }
}

bool Conversations::IsSaid(const Heard& heard) const {
  const auto said = said_.find({heard.slot_shard, heard.slot_sequence});
  if (said == said_.end()) return false;
  return std::any_of(said->second.begin(), said->second.end(),
                     [&](const Said& one) {
                       const bool is_seat =
                           heard.seat.site_id.empty() || one.seat == heard.seat;
                       return one.claim == heard.claim &&
                              heard.answers.contains(one.refusal) && is_seat;
                     });
}

void Conversations::Check(Sites& sites) const {
  for (const Heard& heard : heard_) {
    if (IsSaid(heard)) continue;
    findings_.Add("{} in {} was answered as shard {} did not say by event {}",
                  heard.claim.first, heard.claim.second, heard.slot_shard,
                  heard.slot_sequence);
  }
  for (const ToldOfSeat& told : told_) {
    const Seat* seat = FindSeat(sites, told.seat);
    const bool is_so =
        seat != nullptr &&
        ClaimName{seat->citizen_id, seat->campaign_id} == told.claim &&
        told.states.contains(seat->state) && seat->reason == told.reason &&
        seat->waits == told.waits;
    if (is_so) continue;
    findings_.Add("{} in {} was told of seat {} of {}/{} what is not so",
                  told.claim.first, told.claim.second, told.seat.number,
                  told.seat.site_id, told.seat.slot_id);
  }
}

}  // namespace slotlog::oracle
