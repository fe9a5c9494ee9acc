#include "tools/verify/slot_checks.h"

#include <fmt/format.h>

#include <utility>

#include "events/partitioner.h"

namespace slotlog::verify {
namespace {

template <typename Body>
std::string NameOfSlot(const Body& body) {
  return fmt::format("slot {} of site {}", body.slot_id(), body.site_id());
}

}  // namespace

void SlotChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const Place place = batch.PlaceOf(event);
  switch (event.body_case()) {
    case v1::Event::kSlotsOpened:
      return Follow(event.slots_opened(), place);
    case v1::Event::kCapacityChanged:
      return Follow(event.capacity_changed(), place);
    case v1::Event::kSlotClosed:
      return Follow(event.slot_closed(), place);
    case v1::Event::kSeatTaken:
      return Follow(event.seat_taken(), place);
    case v1::Event::kSeatReleased:
      return Follow(event.seat_released(), place);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kBooked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kSeatRefused:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void SlotChecks::Follow(const v1::SlotsOpened& opened, const Place& place) {
  findings_.Checked(Invariant::kCapacity, opened.slots_size());
  if (ShardOf(opened.site_id(), shards_) != shard_) {
    Violated(place, fmt::format("site {} is not at home in this shard",
                                opened.site_id()));
  }
  for (const v1::Slot& slot : opened.slots()) {
    const SlotKey key = KeyOf(SiteId{opened.site_id()}, SlotId{slot.slot_id()});
    const bool is_new =
        slots_.try_emplace(key, Slot{slot.capacity(), 0, true}).second;
    if (!is_new) {
      Violated(place, fmt::format("slot {} of site {} is opened again",
                                  slot.slot_id(), opened.site_id()));
    }
  }
}

void SlotChecks::Follow(const v1::CapacityChanged& changed,
                        const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  auto found = slots_.find(SlotOf(changed));
  if (found == slots_.end()) {
    return Violated(place, NameOfSlot(changed) + " is not known");
  }
  Slot& slot = found->second;
  if (changed.capacity() < slot.taken) {
    Violated(place,
             fmt::format("{} has {} seats taken, and its capacity "
                         "becomes {}",
                         NameOfSlot(changed), slot.taken, changed.capacity()));
  }
  slot.capacity = changed.capacity();
}

void SlotChecks::Follow(const v1::SlotClosed& closed, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  auto found = slots_.find(SlotOf(closed));
  if (found == slots_.end()) {
    return Violated(place, NameOfSlot(closed) + " is not known");
  }
  found->second.open = false;
}

void SlotChecks::Follow(const v1::SeatTaken& taken, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const SlotKey key = SlotOf(taken);
  const Seat seat{key, place.sequence, Turn{taken.turn()},
                  ShardOf(taken.citizen_id(), shards_)};
  const auto [held, is_new] = seats_.try_emplace(ClaimOf(taken), seat);
  if (!is_new) {
    Violated(place, fmt::format("citizen {} holds a seat in campaign {} "
                                "already, since event {}",
                                taken.citizen_id(), taken.campaign_id(),
                                held->second.sequence.value));
  }
  auto found = slots_.find(key);
  if (found == slots_.end()) {
    return Violated(place,
                    NameOfSlot(taken) + " is not known, and a seat is taken");
  }
  Slot& slot = found->second;
  ++slot.taken;
  if (!slot.open) {
    Violated(place, NameOfSlot(taken) + " is closed, and a seat is taken");
  }
  if (slot.taken > slot.capacity) {
    Violated(place, fmt::format("{} has {} seats taken and a capacity of {}",
                                NameOfSlot(taken), slot.taken, slot.capacity));
  }
}

void SlotChecks::Follow(const v1::SeatReleased& released, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const SlotKey key = SlotOf(released);
  auto held = seats_.find(ClaimOf(released));
  if (held == seats_.end() || held->second.slot != key ||
      held->second.turn != Turn{released.seat_turn()}) {
    return Violated(
        place, fmt::format("citizen {} gives back a seat of turn {} in {} that "
                           "was not taken so",
                           released.citizen_id(), released.seat_turn(),
                           NameOfSlot(released)));
  }
  seats_.erase(held);
  auto found = slots_.find(key);
  if (found != slots_.end()) --found->second.taken;
}

void SlotChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kCapacity, place, std::move(what));
}

}  // namespace slotlog::verify
