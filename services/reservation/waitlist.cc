#include "services/reservation/waitlist.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "events/ids.h"
#include "events/invariant.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

bool AnybodyWaits(const std::string& site_id, const std::string& slot_id,
                  const State& state) {
  const std::string region = RegionOf(site_id, state);
  for (const WaitlistKind kind : kWaitlistKinds) {
    const auto list = WaitlistOf(site_id, slot_id, region, kind);
    if (list.has_value() &&
        state.waitlists().Find(RowKey::Of(*list)) != nullptr) {
      return true;
    }
  }
  return false;
}

auto QueueAt(Waitlist& list, uint32_t order, const std::string& campaign_id) {
  return std::lower_bound(
      list.queues.begin(), list.queues.end(), std::tie(order, campaign_id),
      [](const WaitQueue& queue, const auto& wanted) {
        return std::tie(queue.order, queue.campaign_id) < wanted;
      });
}

bool IsAt(const WaitQueue& queue, uint32_t order,
          const std::string& campaign_id) {
  return queue.order == order && queue.campaign_id == campaign_id;
}

}  // namespace

absl::Duration OfferTime(const State& state, CampaignId campaign) {
  const Campaign* known = state.campaigns().Find(RowKey::Of(campaign));
  if (known == nullptr) return absl::ZeroDuration();
  return known->at(VersionAt(*known, state.head().now)).rules.offer;
}

std::string RegionOf(const std::string& site_id, const State& state) {
  const Site* site = state.sites().Find(RowKey::Of(SiteId{site_id}));
  // Nobody can wait for a region of a longer name (validate.h).
  return site == nullptr || site->region.size() > kNameBytesMax ? ""
                                                                : site->region;
}

std::optional<WaitlistName> WaitlistOf(const std::string& site_id,
                                       const std::string& slot_id,
                                       const std::string& region,
                                       WaitlistKind kind) {
  switch (kind) {
    case WaitlistKind::kSlot:
      return WaitlistName{site_id, slot_id};
    case WaitlistKind::kSite:
      return WaitlistName{site_id, ""};
    case WaitlistKind::kRegion:
      break;
  }
  if (region.empty()) return std::nullopt;
  return WaitlistName{"", region};
}

const Waiter* WaiterAt(WaitlistName list, const WaitQueue& queue,
                       uint32_t position, const State& state) {
  const WaiterChunk* chunk = state.waiter_chunks().Find(
      RowKey::Of(list, queue.number, position / kWaitersPerChunk));
  const uint32_t index = position % kWaitersPerChunk;
  if (chunk == nullptr || index >= chunk->waiters.size()) return nullptr;
  return &chunk->waiters[index];
}

WaitPlace PlaceFrom(const v1::WaitlistPlace& place) {
  return {.list = static_cast<WaitlistKind>(place.list()),
          .order = place.order(),
          .campaign_id = place.campaign_id(),
          .position = place.position()};
}

void AddWaiter(WaitlistName list, const std::string& campaign_id,
               uint32_t order, Waiter waiter, State& state) {
  Waitlist& row = state.waitlists().Mutable(RowKey::Of(list));
  auto queue = QueueAt(row, order, campaign_id);
  if (queue == row.queues.end() || !IsAt(*queue, order, campaign_id)) {
    queue = row.queues.insert(queue, {.order = order,
                                      .campaign_id = campaign_id,
                                      .number = ++row.last_number,
                                      .first = 0,
                                      .end = 0});
  }
  const uint32_t place = queue->end++;
  state.waiter_chunks()
      .Mutable(RowKey::Of(list, queue->number, place / kWaitersPerChunk))
      .waiters.push_back(std::move(waiter));
  ++state.head().waiters;
}

uint32_t RemoveWaiter(WaitlistName list, const WaitPlace& place, State& state) {
  const RowKey key = RowKey::Of(list);
  Waitlist& row = state.waitlists().Mutable(key);
  const auto queue = QueueAt(row, place.order, place.campaign_id);
  INVARIANT(queue != row.queues.end() &&
                IsAt(*queue, place.order, place.campaign_id) &&
                place.position >= queue->first && place.position < queue->end,
            "somebody is offered a seat who does not wait");
  const auto key_of = [&](uint32_t position) {
    return RowKey::Of(list, queue->number, position / kWaitersPerChunk);
  };
  state.waiter_chunks()
      .Mutable(key_of(place.position))
      .waiters[place.position % kWaitersPerChunk] = {};
  --state.head().waiters;
  // Those at the front who are gone are left behind, and their chunks with
  // them.
  while (queue->first < queue->end) {
    const Waiter* first = WaiterAt(list, *queue, queue->first, state);
    if (first != nullptr && !first->citizen_id.empty()) {
      return place.position + 1;
    }
    const RowKey chunk = key_of(queue->first);
    ++queue->first;
    if (queue->first % kWaitersPerChunk == 0 || queue->first == queue->end) {
      state.waiter_chunks().Erase(chunk);
    }
  }
  row.queues.erase(queue);
  if (row.queues.empty()) state.waitlists().Erase(key);
  return 0;
}

void OfferFreeSeats(const std::string& site_id, const std::string& slot_id,
                    State& state) {
  if (state.head().waiters == 0) return;
  const RowKey key = RowKey::Of(SiteId{site_id}, SlotId{slot_id});
  const Slot* known = state.slots().Find(key);
  if (known == nullptr || known->closed || known->taken >= known->capacity) {
    return;
  }
  std::vector<Search>& searches = state.head().agenda.searches;
  if (known->is_on_offer) {
    // Those after it have not begun.
    Search& first = searches.front();
    if (first.by == v1::NEXT_DOSE_BY_UNSPECIFIED && first.site_id == site_id &&
        first.slot_id == slot_id) {
      first.next = {};
    }
    return;
  }
  if (!AnybodyWaits(site_id, slot_id, state)) return;
  state.slots().Mutable(key).is_on_offer = true;
  Search& search = searches.emplace_back();
  search.site_id = site_id;
  search.slot_id = slot_id;
}

}  // namespace slotlog
