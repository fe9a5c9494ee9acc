// How much of a site a campaign may take: a share of its open capacity by the
// round, and so many seats a day. Judged and counted in the site's shard, and
// only for campaigns that say so from the first; the others cost nothing here.
// A seat that is given back is counted back. Pure.

#pragma once

#include "services/reservation/state.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/internal.pb.h"

namespace slotlog {

/// Why the campaign may not take this seat; REFUSAL_UNSPECIFIED: it may.
v1::Refusal JudgeSupply(const State& state, const v1::SeatRequest& request,
                        const Slot& slot);
/// The same for one that is taken for another of the same site.
v1::Refusal JudgeSupply(const State& state, const v1::MoveRequest& request,
                        const Slot& slot);

/// Does this campaign count what it takes of each site?
bool CountsSeats(const State& state, CampaignId campaign);

/// One step of Fold: a seat of a slot of this day is taken (+1) or given back
/// (-1).
void CountSeat(SiteId site, CampaignId campaign, Date day, int32_t more,
               State& state);

}  // namespace slotlog
