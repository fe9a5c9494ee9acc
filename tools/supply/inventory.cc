#include "tools/supply/inventory.h"

#include <cstring>
#include <string>

namespace slotlog::supply {
namespace {

/// Lengths come first, so that no two texts run into each other.
void AddTo(std::string& bytes, std::string_view text) {
  const uint64_t size = text.size();
  bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(text);
}

template <typename Items>
auto* FindIn(Items& items, const ItemKey& key) {
  const auto found = items.find(key);
  return found == items.end() ? nullptr : &found->second;
}

}  // namespace

ItemKey KeyOf(SiteId site) { return DigestOfBatch(site.value); }

ItemKey KeyOf(SiteId site, SlotId slot) {
  std::string bytes;
  AddTo(bytes, site.value);
  AddTo(bytes, slot.value);
  return DigestOfBatch(bytes);
}

uint64_t ShapeOf(const v1::DefineSite& site) {
  std::string bytes;
  AddTo(bytes, site.name());
  AddTo(bytes, site.region());
  return Digest64(bytes);
}

uint64_t ShapeOf(const v1::Slot& slot) {
  const std::array<int64_t, 3> times = {
      slot.start_unix_ms(), slot.end_unix_ms(), slot.day_yyyymmdd()};
  std::string bytes(reinterpret_cast<const char*>(times.data()),
                    times.size() * sizeof(int64_t));
  AddTo(bytes, slot.product());
  return Digest64(bytes);
}

size_t Inventory::FirstBytes::operator()(const ItemKey& key) const {
  size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof(hash));
  return hash;
}

Item<KnownSite>* Inventory::FindSite(const ItemKey& key) {
  return FindIn(sites_, key);
}

Item<KnownSlot>* Inventory::FindSlot(const ItemKey& key) {
  return FindIn(slots_, key);
}

void Inventory::Fold(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kSiteDefined: {
      const v1::DefineSite& site = event.site_defined().site();
      sites_[KeyOf(SiteId{site.site_id()})].known = {.shape = ShapeOf(site)};
      return;
    }
    case v1::Event::kSlotsOpened:
      return FoldOpened(event.slots_opened());
    case v1::Event::kCapacityChanged: {
      const v1::CapacityChanged& changed = event.capacity_changed();
      slots_[KeyOf(SiteId{changed.site_id()}, SlotId{changed.slot_id()})]
          .known.capacity = changed.capacity();
      return;
    }
    case v1::Event::kSlotClosed: {
      const v1::SlotClosed& closed = event.slot_closed();
      slots_[KeyOf(SiteId{closed.site_id()}, SlotId{closed.slot_id()})]
          .known.is_closed = true;
      return;
    }
    case v1::Event::kSiteClosed:
      sites_[KeyOf(SiteId{event.site_closed().site_id()})].known.is_closed =
          true;
      return;
    case v1::Event::kInputDeadLettered:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCampaignChanged:
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
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void Inventory::FoldOpened(const v1::SlotsOpened& opened) {
  const SiteId site{opened.site_id()};
  sites_[KeyOf(site)].known.slots += static_cast<uint32_t>(opened.slots_size());
  for (const v1::Slot& slot : opened.slots()) {
    slots_[KeyOf(site, SlotId{slot.slot_id()})].known = {
        .shape = ShapeOf(slot), .capacity = slot.capacity()};
  }
}

}  // namespace slotlog::supply
