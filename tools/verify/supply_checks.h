// Invariant 1, in a site's shard, where a campaign limits it: of the site's
// open capacity no more is taken than the share of the round in which it was
// asked, and on a day no more than the campaign's limit. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tools/verify/campaign_versions.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

class SupplyChecks {
 public:
  SupplyChecks(const CampaignVersions& campaigns, Findings& findings)
      : campaigns_(campaigns), findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event);

 private:
  struct Slot {
    int64_t capacity = 0;
    uint32_t day = 0;
    bool open = true;
  };
  struct Use {
    int64_t taken = 0;
    std::map<uint32_t, int64_t> taken_by_day;
  };

  void Follow(const v1::SlotsOpened& opened);
  void Follow(const v1::CapacityChanged& changed);
  void Follow(const v1::SlotClosed& closed);
  void Follow(const v1::SeatTaken& taken, const Place& place);
  void Follow(const v1::SeatOffered& offered, const Place& place);
  void Follow(const v1::SiteClosed& closed);
  void Follow(const v1::SeatMoved& moved, const Place& place);
  void Follow(const v1::SeatsSwapped& swapped, const Place& place);
  template <typename Body>
  void GiveBack(const Body& freed, const Place& place);
  template <typename Body>
  void CheckDay(const Body& taken, const v1::Campaign& campaign, uint32_t day,
                int64_t taken_on_day, const Place& place);
  uint32_t DayBefore(const v1::SeatMoved& moved);
  /// The version of its campaign that the event names; null, and says so, where
  /// there is none. REQUIRES: the campaign is known.
  template <typename Body>
  const v1::Campaign* FindRules(const Body& body, const Place& place);
  /// Says so if the event counts and the campaign does not, or otherwise.
  template <typename Body>
  bool IsCounted(const Body& body, const Place& place);
  template <typename Body>
  Use& UseOf(const Body& body) {
    return uses_[{body.site_id(), body.campaign_id()}];
  }
  void Violated(const Place& place, std::string what);

  const CampaignVersions& campaigns_;
  Findings& findings_;
  absl::flat_hash_map<SlotKey, Slot> slots_;
  absl::flat_hash_set<std::string> closed_sites_;
  /// By site.
  absl::flat_hash_map<std::string, int64_t> open_capacity_;
  /// By site and campaign.
  absl::flat_hash_map<std::pair<std::string, std::string>, Use> uses_;
};

}  // namespace slotlog::verify
