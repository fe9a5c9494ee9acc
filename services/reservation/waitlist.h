// Waitlists: who is offered a seat that becomes free, and in which order.
//
// First those who wait for the very slot, then for its site, then for its
// region (docs/adr/0012). Within a list the lower order comes first, which is
// the rank of the citizen's cohort, and those whose seats were taken back come
// before all; of the same order the campaigns by name, and then whoever came
// first.
//
// A seat that becomes free puts a search on the shard's agenda, unless nobody
// waits. Until the search is over the slot gives out no seat by request.
//
// Pure. Belongs to the shard's thread.

#pragma once

#include <optional>
#include <string>

#include "services/reservation/state.h"
#include "slotlog/v1/slot_events.pb.h"

namespace slotlog {

/// Of those whose seats were taken back.
inline constexpr uint32_t kOrderOfReleased = 0;
inline uint32_t OrderOfRank(uint32_t rank) { return rank + 1; }

/// How long this campaign's offers stand; zero: it has no waitlist.
absl::Duration OfferTime(const State& state, CampaignId campaign);

/// The region that the site's seats are offered in; empty: in none.
std::string RegionOf(const std::string& site_id, const State& state);

/// The list of this kind that the slot is offered to, if there is one. Good for
/// as long as the strings are.
std::optional<WaitlistName> WaitlistOf(const std::string& site_id,
                                       const std::string& slot_id,
                                       const std::string& region,
                                       WaitlistKind kind);

/// The waiter at that place; null where the list is damaged.
const Waiter* WaiterAt(WaitlistName list, const WaitQueue& queue,
                       uint32_t position, const State& state);

WaitPlace PlaceFrom(const v1::WaitlistPlace& place);

// --- Steps of Fold ---

/// At the end of the campaign's queue of that order.
void AddWaiter(WaitlistName list, const std::string& campaign_id,
               uint32_t order, Waiter waiter, State& state);
/// Returns the position at which a search of this queue goes on.
uint32_t RemoveWaiter(WaitlistName list, const WaitPlace& place, State& state);

/// Seats of the slot may have become free: puts a search on the agenda, or has
/// the one at hand begin again.
void OfferFreeSeats(const std::string& site_id, const std::string& slot_id,
                    State& state);

}  // namespace slotlog
