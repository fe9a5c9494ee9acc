// Where one can book in a rehearsal: the sites' and slots' ids, the capacity
// of each, and the operations that set all of it up. Slots are numbered through
// all sites; a slot's calendar day is the scenario's, in the year that the
// rehearsal chose, so that it lies ahead.
//
// Immutable; thread-safe.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "slotlog/v1/operations.pb.h"
#include "tools/rush/regions.h"
#include "tools/rush/rotation.h"
#include "tools/rush/scenario.h"

namespace slotlog {

/// A slot among all slots of all sites, from 0.
using SlotNumber = Number<struct SlotNumberTag, uint32_t>;

class Places {
 public:
  /// `year`: in which the first slot lies.
  Places(const Scenario& scenario, int year);

  uint32_t SlotCount() const { return sites_ * slots_per_site_; }
  uint32_t SlotsPerSite() const { return slots_per_site_; }
  /// "s00012".
  SiteId SiteOf(SlotNumber slot) const {
    return SiteId{site_ids_[slot.value / slots_per_site_]};
  }
  /// "0726-0900".
  SlotId SlotIdOf(SlotNumber slot) const {
    return SlotId{slot_ids_[slot.value % slots_per_site_]};
  }
  const Rotation& rotation() const { return rotation_; }
  const Regions& regions() const { return regions_; }
  RegionNumber RegionOf(SlotNumber slot) const {
    return regions_.OfSite(slot.value / slots_per_site_);
  }
  /// None: no slot of this rehearsal.
  std::optional<SlotNumber> Find(SiteId site_id, SlotId slot_id) const;
  int32_t CapacityOf(SlotNumber slot) const;
  /// The slot of the seat with this number, from 0, counted through all slots.
  SlotNumber SlotOfSeat(uint32_t seat) const;

  /// The operations, in an order in which they can be done.
  uint32_t OperationCount() const;
  /// Those that come before the campaigns.
  uint32_t SiteOperationCount() const { return 2 * sites_; }
  struct KeyedOperation {
    std::string key;
    v1::Operation operation;
  };
  /// `first_opening`: of the rotation, where there is one.
  KeyedOperation OperationAt(
      uint32_t number, absl::Time first_opening = absl::UnixEpoch()) const;
  /// The number of the operation with this id; none if it is not one of these.
  std::optional<uint32_t> NumberOf(std::string_view operation_id) const;

 private:
  v1::Campaign CampaignOf(const Cohort& cohort, absl::Time opens) const;
  void AddSlots(uint32_t site, v1::OpenSlots& operation) const;

  const Cohort cohort_;
  const std::optional<Cohort> next_cohort_;
  const uint32_t seats_;
  const uint32_t sites_;
  const uint32_t slots_per_site_;
  const absl::Duration slot_length_;
  const uint32_t hold_seconds_;
  const Rotation rotation_;
  const Regions regions_;
  std::vector<std::string> site_ids_;
  /// The same at every site.
  std::vector<std::string> slot_ids_;
  std::vector<absl::Time> slot_starts_;
};

}  // namespace slotlog
