// Names of a pair of ids in 128 bits, so that millions of claims and seats fit
// in memory. XXH3: of ten million keys two are alike once in 10^24 histories.
// Values; thread-safe.

#pragma once

#include <compare>
#include <cstdint>
#include <utility>

#include "events/ids.h"

namespace slotlog::verify {

template <typename Tag>
struct PairKey {
  uint64_t high = 0;
  uint64_t low = 0;
  friend auto operator<=>(const PairKey&, const PairKey&) = default;
  /// Half of a digest is a good hash already.
  template <typename H>
  friend H AbslHashValue(H h, const PairKey& key) {
    return H::combine(std::move(h), key.low);
  }
};

/// A citizen in a campaign.
using ClaimKey = PairKey<struct ClaimKeyTag>;
/// A slot of a site.
using SlotKey = PairKey<struct SlotKeyTag>;

/// A command of a citizen.
using CommandKey = PairKey<struct CommandKeyTag>;

ClaimKey KeyOf(CitizenId citizen, CampaignId campaign);
SlotKey KeyOf(SiteId site, SlotId slot);
CommandKey KeyOf(CitizenId citizen, CommandId command);

/// Of an event's body that names citizen and campaign, or site and slot.
template <typename Body>
ClaimKey ClaimOf(const Body& body) {
  return KeyOf(CitizenId{body.citizen_id()}, CampaignId{body.campaign_id()});
}
template <typename Body>
SlotKey SlotOf(const Body& body) {
  return KeyOf(SiteId{body.site_id()}, SlotId{body.slot_id()});
}

}  // namespace slotlog::verify
