// Small rules that Decide and Fold must see alike: how the contract's words
// become rows, and which answers are kept. Pure.

#pragma once

#include "services/reservation/state.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

Site SiteFrom(const v1::DefineSite& site);
Slot SlotFrom(const v1::Slot& slot);
/// Without what only the home shard keeps while it announces the campaign.
Campaign CampaignFrom(const v1::Campaign& campaign, Shard home);

/// Is what is asked for so already?
bool StandsAs(const Slot& slot, const v1::Slot& wanted);
bool StandsAs(const Campaign& campaign, const v1::Campaign& wanted);

/// Is this refusal the command id's answer for ever? Not if it says nothing of
/// the wish itself (busy, too many), if the id has another answer (reused), or
/// if the citizen is not known here by right (malformed, wrong partition).
bool IsKept(v1::Refusal refusal);

}  // namespace slotlog
