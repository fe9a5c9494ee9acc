#include "tools/verify/slot_checks.h"

#include <fmt/format.h>

#include <utility>

#include "events/digest.h"
#include "events/partitioner.h"
#include "tools/verify/names.h"

namespace slotlog::verify {
namespace {

/// The agenda counts in seconds: what is said now may be due at the next.
constexpr int64_t kAgendaDelayMsMax = 2'000;

}  // namespace

void SlotChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const Place place = batch.PlaceOf(event);
  now_unix_ms_ = batch.batch->now_unix_ms();
  switch (event.body_case()) {
    case v1::Event::kSlotsOpened:
      return Follow(event.slots_opened(), place);
    case v1::Event::kCapacityChanged:
      return Follow(event.capacity_changed(), place);
    case v1::Event::kSlotClosed:
      return Follow(event.slot_closed(), place);
    case v1::Event::kSiteClosed:
      return Follow(event.site_closed(), place);
    case v1::Event::kSeatTaken:
      return Follow(event.seat_taken(), place);
    case v1::Event::kSeatOffered:
      return Follow(event.seat_offered(), place);
    case v1::Event::kSeatRefused:
      return Follow(event.seat_refused());
    case v1::Event::kSeatReleased:
      return Follow(event.seat_released(), place);
    case v1::Event::kSeatConfirmed:
      return Follow(event.seat_confirmed(), place);
    case v1::Event::kSeatMoved:
      return Follow(event.seat_moved(), place);
    case v1::Event::kSeatsSwapped:
      return Follow(event.seats_swapped(), place);
    case v1::Event::kMoveDelayed:
      return Follow(event.move_delayed());
    case v1::Event::kSeatWithdrawn:
      return Follow(event.seat_withdrawn(), place);
    case v1::Event::kSeatCheckedIn:
      return Follow(event.seat_checked_in(), place);
    case v1::Event::kDoseGiven:
      return Follow(event.dose_given(), place);
    case v1::Event::kSeatMissed:
      return Follow(event.seat_missed(), place);
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignChanged:
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
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

const Seat* SlotChecks::FindSeat(const SlotKey& slot, SeatNumber number) const {
  const auto found = slots_.find(slot);
  return found == slots_.end() ? nullptr : found->second.Find(number);
}

// --- What operators say ---

Slot* SlotChecks::FindSlot(const SlotKey& key, std::string_view name,
                           const Place& place) {
  const auto found = slots_.find(key);
  if (found != slots_.end()) return &found->second;
  Violated(place, fmt::format("{} is not known", name));
  return nullptr;
}

void SlotChecks::Follow(const v1::SlotsOpened& opened, const Place& place) {
  findings_.Checked(Invariant::kCapacity, opened.slots_size());
  if (ShardOf(opened.site_id(), shards_) != shard_) {
    Violated(place, fmt::format("site {} is not at home in this shard",
                                opened.site_id()));
  }
  for (const v1::Slot& opening : opened.slots()) {
    const SlotKey key =
        KeyOf(SiteId{opened.site_id()}, SlotId{opening.slot_id()});
    const auto [slot, is_new] = slots_.try_emplace(key);
    if (!is_new) {
      Violated(place, NameOfSlot(opening.slot_id(), opened.site_id()) +
                          " is opened again");
      continue;
    }
    slot->second.capacity = opening.capacity();
    slot->second.end_unix_ms = opening.end_unix_ms();
    slot->second.site = Digest64(opened.site_id());
  }
}

void SlotChecks::Follow(const v1::CapacityChanged& changed,
                        const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const SlotKey key = SlotOf(changed);
  Slot* slot = FindSlot(key, NameOfSlot(changed), place);
  if (slot == nullptr) return;
  slot->capacity = changed.capacity();
  slot->excess = 0;
  if (slot->taken <= slot->capacity) return;
  slot->excess = slot->taken;
  if (changed.release_excess()) {
    return BeginWithdrawal(key, NameOfSlot(changed));
  }
  Violated(place,
           fmt::format("{} has {} seats taken, and its capacity "
                       "becomes {}",
                       NameOfSlot(changed), slot->taken, changed.capacity()));
}

void SlotChecks::Follow(const v1::SlotClosed& closed, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  const SlotKey key = SlotOf(closed);
  Slot* slot = FindSlot(key, NameOfSlot(closed), place);
  if (slot == nullptr) return;
  slot->is_closed = true;
  if (!closed.withdraw()) return;
  slot->withdraws = true;
  BeginWithdrawal(key, NameOfSlot(closed));
}

void SlotChecks::Follow(const v1::SiteClosed& closed, const Place& place) {
  findings_.Checked(Invariant::kCapacity);
  if (ShardOf(closed.site_id(), shards_) != shard_) {
    Violated(place, fmt::format("site {} is not at home in this shard",
                                closed.site_id()));
  }
  const uint64_t site = Digest64(closed.site_id());
  closed_sites_.insert(site);
  for (auto& [key, slot] : slots_) {
    if (slot.site != site) continue;
    slot.is_closed = true;
    slot.withdraws = true;
    BeginWithdrawal(key, fmt::format("a slot of site {}", closed.site_id()));
  }
}

void SlotChecks::BeginWithdrawal(const SlotKey& key, std::string name) {
  withdrawals_.try_emplace(key, Withdrawal{std::move(name), now_unix_ms_});
}

void SlotChecks::EndBatch(const DecidedBatch& batch, bool nothing_was_due) {
  if (!nothing_was_due) return;
  const int64_t now_unix_ms = batch.batch->now_unix_ms();
  for (auto each = withdrawals_.begin(); each != withdrawals_.end();) {
    const Withdrawal& withdrawal = each->second;
    if (now_unix_ms < withdrawal.since_unix_ms + kAgendaDelayMsMax) {
      ++each;
      continue;
    }
    findings_.Checked(Invariant::kCapacity);
    const int64_t left = slots_.at(each->first).ToBeWithdrawn();
    if (left > 0) {
      Violated({{Topic::kEvents, batch.shard}, batch.offset, {}},
               fmt::format("the agenda is done, and {} seats were not taken "
                           "back in {}",
                           left, withdrawal.name));
    }
    each = withdrawals_.erase(each);
  }
}

uint64_t SlotChecks::SeatsToWithdraw() const {
  uint64_t seats = 0;
  for (const auto& [key, withdrawal] : withdrawals_) {
    seats += static_cast<uint64_t>(slots_.at(key).ToBeWithdrawn());
  }
  return seats;
}

void SlotChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kCapacity, place, std::move(what));
}

}  // namespace slotlog::verify
