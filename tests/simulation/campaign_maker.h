// The campaigns of a simulation, and the people that they are for: cohorts by
// birth, region, list, dose and interval; rounds one after the other, some for
// some days of birth only; limits on what may be taken of a site;
// waitlists and next doses. Most rules
// let most people through, so that there is something to book.
//
// Threads: one.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/simulation/dice.h"

namespace slotlog {

/// `campaigns`: so many are there, and may give the next dose.
/// `strict_percent`: how many rules of a hundred let only some through.
v1::Campaign MakeCampaign(const std::string& campaign_id, absl::Time opens,
                          uint32_t campaigns, uint64_t strict_percent,
                          Dice& dice);

/// The same with some of it as in `other`.
v1::Campaign Mix(v1::Campaign campaign, const v1::Campaign& other, Dice& dice);

/// Makes nonsense of it.
void Spoil(v1::Campaign& campaign, Dice& dice);

/// Where people live and sites stand.
const std::vector<std::string>& Regions();

/// Whoever has this id, as he is; now and then he has changed.
v1::Profile ProfileOf(const std::string& citizen_id, Dice& dice);

}  // namespace slotlog
