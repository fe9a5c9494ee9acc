// Who is offered a free seat? One step of the search at hand: it looks at a few
// who wait, or for a next dose at a few slots, and offers a seat, goes on, or
// is over.

#include <algorithm>
#include <tuple>

#include "services/reservation/decide.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/limits.h"
#include "services/reservation/supply.h"
#include "services/reservation/waitlist.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

struct SearchContext {
  const State& state;
  const Search& search;
  Arena& arena;
};

/// Can a seat of this slot be offered now?
bool HasFreeSeat(const Slot* slot, const State& state) {
  return slot != nullptr && !slot->closed && slot->taken < slot->capacity &&
         state.head().now < slot->start;
}

/// What the campaign may take of the slot, as if an appointment were moved
/// there: of the rounds' shares nothing is asked.
v1::SeatRequest RequestFor(const SearchContext& c, const std::string& slot_id,
                           const std::string& campaign_id) {
  v1::SeatRequest request;
  request.set_campaign_id(campaign_id);
  request.set_site_id(c.search.site_id);
  request.set_slot_id(slot_id);
  const CampaignId campaign{campaign_id};
  if (!CountsSeats(c.state, campaign)) return request;
  request.set_is_counted(true);
  request.set_is_move(true);
  request.set_campaign_version(
      VersionAt(*c.state.campaigns().Find(RowKey::Of(campaign)),
                c.state.head().now)
          .value);
  return request;
}

v1::SeatOffered& NewOffer(const v1::SeatRequest& request, const Slot& slot,
                          v1::Event& event) {
  v1::SeatOffered& offered = *event.mutable_seat_offered();
  offered.set_campaign_id(request.campaign_id());
  offered.set_site_id(request.site_id());
  offered.set_slot_id(request.slot_id());
  offered.set_seat(slot.last_seat.value + 1);
  offered.set_is_counted(request.is_counted());
  offered.set_campaign_version(request.campaign_version());
  offered.set_hold(true);
  return offered;
}

v1::SearchPassed& NewPass(const SearchContext& c, v1::Event& event) {
  v1::SearchPassed& passed = *event.mutable_search_passed();
  passed.set_site_id(c.search.site_id);
  passed.set_slot_id(c.search.slot_id);
  return passed;
}

v1::Event* EndSearch(const SearchContext& c) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  NewPass(c, *event).set_is_over(true);
  return event;
}

// --- Those who wait ---

void NamePlace(WaitlistKind list, const WaitQueue& queue, uint32_t position,
               v1::WaitlistPlace& place) {
  place.set_list(static_cast<uint32_t>(list));
  place.set_order(queue.order);
  place.set_campaign_id(queue.campaign_id);
  place.set_position(position);
}

/// How far the search has come in this queue; nothing: it is behind it.
std::optional<uint32_t> BeginIn(const WaitQueue& queue, WaitlistKind list,
                                const WaitPlace& next) {
  const auto here = std::tie(list, queue.order, queue.campaign_id);
  const auto there = std::tie(next.list, next.order, next.campaign_id);
  if (here < there) return std::nullopt;
  return here == there ? std::max(queue.first, next.position) : queue.first;
}

v1::Event* Offer(const SearchContext& c, const v1::SeatRequest& request,
                 const Slot& slot, WaitlistKind list, const WaitQueue& queue,
                 uint32_t position, const Waiter& waiter) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  v1::SeatOffered& offered = NewOffer(request, slot, *event);
  offered.set_citizen_id(waiter.citizen_id);
  offered.set_turn(waiter.turn.value);
  NamePlace(list, queue, position, *offered.mutable_place());
  return event;
}

v1::Event* SearchWaiters(const SearchContext& c) {
  const Search& search = c.search;
  const Slot* found = c.state.slots().Find(
      RowKey::Of(SiteId{search.site_id}, SlotId{search.slot_id}));
  if (!HasFreeSeat(found, c.state)) return EndSearch(c);
  const Slot slot = *found;
  const std::string region = RegionOf(search.site_id, c.state);
  uint32_t looked_at = 0;
  for (const WaitlistKind kind : kWaitlistKinds) {
    if (kind < search.next.list) continue;
    const auto name = WaitlistOf(search.site_id, search.slot_id, region, kind);
    if (!name.has_value()) continue;
    const Waitlist* list = c.state.waitlists().Find(RowKey::Of(*name));
    if (list == nullptr) continue;
    for (const WaitQueue& queue : list->queues) {
      const auto begin = BeginIn(queue, kind, search.next);
      if (!begin.has_value()) continue;
      if (OfferTime(c.state, CampaignId{queue.campaign_id}) ==
          absl::ZeroDuration()) {
        continue;
      }
      const v1::SeatRequest request =
          RequestFor(c, search.slot_id, queue.campaign_id);
      if (JudgeSupply(c.state, request, slot) != v1::REFUSAL_UNSPECIFIED) {
        continue;
      }
      for (uint32_t at = *begin; at < queue.end; ++at) {
        if (looked_at++ == kSearchedPerStep) {
          auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
          NamePlace(kind, queue, at, *NewPass(c, *event).mutable_next());
          return event;
        }
        const Waiter* waiter = WaiterAt(*name, queue, at, c.state);
        if (waiter == nullptr || waiter->citizen_id.empty()) continue;
        if (slot.start < waiter->from || slot.start >= waiter->to) continue;
        return Offer(c, request, slot, kind, queue, at, *waiter);
      }
    }
  }
  return EndSearch(c);
}

// --- The next dose ---

/// Is the slot one for the next dose, and earlier than the best one yet?
bool IsBetter(const SearchContext& c, const std::string& slot_id,
              const Slot* slot) {
  if (!HasFreeSeat(slot, c.state) || slot->is_on_offer) return false;
  if (slot->start < c.search.not_before) return false;
  return JudgeSupply(c.state, RequestFor(c, slot_id, c.search.next.campaign_id),
                     *slot) == v1::REFUSAL_UNSPECIFIED;
}

v1::Event* OfferNextDose(const SearchContext& c, const std::string& slot_id,
                         const Slot& slot) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  v1::SeatOffered& offered =
      NewOffer(RequestFor(c, slot_id, c.search.next.campaign_id), slot, *event);
  offered.set_citizen_id(c.search.citizen_id);
  offered.set_next_dose_by(c.search.by);
  return event;
}

v1::Event* SearchNextDose(const SearchContext& c) {
  const Site* site = c.state.sites().Find(RowKey::Of(SiteId{c.search.site_id}));
  if (site == nullptr) return EndSearch(c);
  const SiteId site_id{c.search.site_id};
  const auto find = [&](const std::string& slot_id) {
    return c.state.slots().Find(RowKey::Of(site_id, SlotId{slot_id}));
  };
  std::string best_id = c.search.slot_id;
  absl::Time best_start =
      best_id.empty() ? absl::InfiniteFuture() : c.search.best_start;
  const size_t end =
      std::min(site->slot_ids.size(),
               size_t{c.search.next_slot_index} + kSearchedPerStep);
  for (size_t i = c.search.next_slot_index; i < end; ++i) {
    const Slot* slot = find(site->slot_ids[i]);
    if (slot == nullptr || slot->start >= best_start ||
        !IsBetter(c, site->slot_ids[i], slot)) {
      continue;
    }
    best_id = site->slot_ids[i];
    best_start = slot->start;
  }
  if (end < site->slot_ids.size()) {
    auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
    v1::SearchPassed& passed = NewPass(c, *event);
    passed.set_next_slot_index(static_cast<uint32_t>(end));
    passed.set_best_slot_id(best_id);
    if (!best_id.empty()) {
      passed.set_best_start_unix_ms(absl::ToUnixMillis(best_start));
    }
    return event;
  }
  if (best_id.empty()) return EndSearch(c);
  // It was the best one some steps ago, perhaps.
  const Slot* best = find(best_id);
  return IsBetter(c, best_id, best) ? OfferNextDose(c, best_id, *best)
                                    : EndSearch(c);
}

}  // namespace

v1::Event* DecideSearchStep(const State& state, Arena& arena) {
  const SearchContext c{state, state.head().agenda.searches.front(), arena};
  return c.search.by == v1::NEXT_DOSE_BY_UNSPECIFIED ? SearchWaiters(c)
                                                     : SearchNextDose(c);
}

}  // namespace slotlog
