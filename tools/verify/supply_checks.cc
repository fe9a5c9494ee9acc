#include "tools/verify/supply_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace slotlog::verify {
namespace {

bool HasLimits(const v1::Campaign& campaign) {
  const auto& rounds = campaign.rounds();
  return campaign.seats_per_site_and_day() > 0 ||
         std::any_of(rounds.begin(), rounds.end(), [](const v1::Round& round) {
           return round.capacity_share_permille() > 0;
         });
}

}  // namespace

void SupplyChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const Place place = batch.PlaceOf(event);
  switch (event.body_case()) {
    case v1::Event::kSlotsOpened:
      return Follow(event.slots_opened());
    case v1::Event::kCapacityChanged:
      return Follow(event.capacity_changed());
    case v1::Event::kSlotClosed:
      return Follow(event.slot_closed());
    case v1::Event::kSeatTaken:
      return Follow(event.seat_taken(), place);
    case v1::Event::kSeatOffered:
      return Follow(event.seat_offered(), place);
    case v1::Event::kSeatReleased:
      return GiveBack(event.seat_released(), place);
    case v1::Event::kSiteClosed:
      return Follow(event.site_closed());
    case v1::Event::kSeatMoved:
      return Follow(event.seat_moved(), place);
    case v1::Event::kSeatsSwapped:
      return Follow(event.seats_swapped(), place);
    case v1::Event::kSeatWithdrawn:
      return GiveBack(event.seat_withdrawn(), place);
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
    case v1::Event::kSeatRefused:
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
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
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

// Slots that are not known are named by the checks of slots.

void SupplyChecks::Follow(const v1::SlotsOpened& opened) {
  for (const v1::Slot& slot : opened.slots()) {
    const bool is_new =
        slots_
            .try_emplace(
                KeyOf(SiteId{opened.site_id()}, SlotId{slot.slot_id()}),
                Slot{slot.capacity(), slot.day_yyyymmdd(), true})
            .second;
    if (is_new) open_capacity_[opened.site_id()] += slot.capacity();
  }
}

void SupplyChecks::Follow(const v1::CapacityChanged& changed) {
  Slot& slot = slots_[SlotOf(changed)];
  if (slot.open && !closed_sites_.contains(changed.site_id())) {
    open_capacity_[changed.site_id()] += changed.capacity() - slot.capacity;
  }
  slot.capacity = changed.capacity();
}

void SupplyChecks::Follow(const v1::SlotClosed& closed) {
  Slot& slot = slots_[SlotOf(closed)];
  if (slot.open && !closed_sites_.contains(closed.site_id())) {
    open_capacity_[closed.site_id()] -= slot.capacity;
  }
  slot.open = false;
}

void SupplyChecks::Follow(const v1::SiteClosed& closed) {
  closed_sites_.insert(closed.site_id());
  open_capacity_[closed.site_id()] = 0;
}

template <typename Body>
bool SupplyChecks::IsCounted(const Body& body, const Place& place) {
  const CampaignVersions::Versions* known = campaigns_.Find(body.campaign_id());
  const bool counts = known != nullptr && HasLimits(known->front().campaign);
  if (counts != body.is_counted()) {
    Violated(place, fmt::format("campaign {} {} what it takes of sites, and "
                                "this seat is {}",
                                body.campaign_id(),
                                counts ? "counts" : "does not count",
                                counts ? "not counted" : "counted"));
  }
  return counts;
}

template <typename Body>
const v1::Campaign* SupplyChecks::FindRules(const Body& body,
                                            const Place& place) {
  const auto& versions = *campaigns_.Find(body.campaign_id());
  const uint32_t version = body.campaign_version();
  if (version > 0 && version <= versions.size()) {
    return &versions[version - 1].campaign;
  }
  Violated(place, fmt::format("campaign {} has no version {}",
                              body.campaign_id(), version));
  return nullptr;
}

void SupplyChecks::Follow(const v1::SeatTaken& taken, const Place& place) {
  if (!IsCounted(taken, place)) return;
  const uint32_t day = slots_[SlotOf(taken)].day;
  Use& use = UseOf(taken);
  ++use.taken;
  const int64_t taken_on_day = ++use.taken_by_day[day];

  const v1::Campaign* rules = FindRules(taken, place);
  if (rules == nullptr) return;
  const v1::Campaign& campaign = *rules;
  if (taken.round() >= static_cast<uint32_t>(campaign.rounds_size())) {
    return Violated(place, fmt::format("campaign {} has no round {}",
                                       taken.campaign_id(), taken.round()));
  }
  const int64_t share = campaign.rounds(static_cast<int>(taken.round()))
                            .capacity_share_permille();
  const int64_t capacity = open_capacity_[taken.site_id()];
  // One less must have been below the share, if it is not a move.
  if (!taken.is_move() && share > 0 && share < 1000 &&
      (use.taken - 1) * 1000 >= capacity * share) {
    Violated(place, fmt::format("campaign {} has {} of the {} seats of site "
                                "{}, and its round {} opens {} in a thousand",
                                taken.campaign_id(), use.taken, capacity,
                                taken.site_id(), taken.round(), share));
  }
  CheckDay(taken, campaign, day, taken_on_day, place);
}

/// Of the rounds' shares nothing is asked, as for a move.
void SupplyChecks::Follow(const v1::SeatOffered& offered, const Place& place) {
  if (!IsCounted(offered, place)) return;
  const uint32_t day = slots_[SlotOf(offered)].day;
  Use& use = UseOf(offered);
  ++use.taken;
  const int64_t taken_on_day = ++use.taken_by_day[day];
  if (const v1::Campaign* campaign = FindRules(offered, place)) {
    CheckDay(offered, *campaign, day, taken_on_day, place);
  }
}

template <typename Body>
void SupplyChecks::CheckDay(const Body& taken, const v1::Campaign& campaign,
                            uint32_t day, int64_t taken_on_day,
                            const Place& place) {
  const int64_t limit = campaign.seats_per_site_and_day();
  if (limit > 0 && (taken_on_day > limit || day == 0)) {
    Violated(place, fmt::format("campaign {} has {} seats of site {} on day "
                                "{}, and its limit is {}",
                                taken.campaign_id(), taken_on_day,
                                taken.site_id(), day, limit));
  }
}

/// Within a site: only the day may be another.
void SupplyChecks::Follow(const v1::SeatMoved& moved, const Place& place) {
  if (!IsCounted(moved, place)) return;
  const uint32_t day = slots_[SlotOf(moved)].day;
  const uint32_t day_before = DayBefore(moved);
  if (day == day_before) return;
  Use& use = UseOf(moved);
  --use.taken_by_day[day_before];
  const int64_t taken_on_day = ++use.taken_by_day[day];
  if (const v1::Campaign* campaign = FindRules(moved, place)) {
    CheckDay(moved, *campaign, day, taken_on_day, place);
  }
}

/// One campaign's two seats change places: no day has more than before.
void SupplyChecks::Follow(const v1::SeatsSwapped& swapped, const Place& place) {
  if (swapped.waiting().campaign_id() == swapped.asking().campaign_id()) return;
  Violated(place, "seats of two campaigns are swapped");
}

uint32_t SupplyChecks::DayBefore(const v1::SeatMoved& moved) {
  return slots_[KeyOf(SiteId{moved.site_id()}, SlotId{moved.from_slot_id()})]
      .day;
}

template <typename Body>
void SupplyChecks::GiveBack(const Body& freed, const Place& place) {
  if (!IsCounted(freed, place)) return;
  Use& use = UseOf(freed);
  --use.taken;
  --use.taken_by_day[slots_[SlotOf(freed)].day];
}

void SupplyChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kCapacity, place, std::move(what));
}

}  // namespace slotlog::verify
