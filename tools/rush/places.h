// Where one can book in a rehearsal: the clinics' and slots' ids, the capacity
// of each, and the operations that set all of it up. Slots are numbered through
// all clinics; a slot's calendar day is the scenario's, in the year that the
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
#include "tools/rush/scenario.h"

namespace slotlog {

/// A slot among all slots of all clinics, from 0.
using SlotNumber = Number<struct SlotNumberTag, uint32_t>;

class Places {
 public:
  /// `year`: in which the first slot lies.
  Places(const Scenario& scenario, int year);

  uint32_t SlotCount() const { return clinics_ * slots_per_clinic_; }
  uint32_t SlotsPerClinic() const { return slots_per_clinic_; }
  /// "s00012".
  SiteId SiteOf(SlotNumber slot) const {
    return SiteId{site_ids_[slot.value / slots_per_clinic_]};
  }
  /// "0726-0900".
  SlotId SlotIdOf(SlotNumber slot) const {
    return SlotId{slot_ids_[slot.value % slots_per_clinic_]};
  }
  /// None: no slot of this rehearsal.
  std::optional<SlotNumber> Find(SiteId site_id, SlotId slot_id) const;
  int32_t CapacityOf(SlotNumber slot) const;
  /// The slot of the seat with this number, from 0, counted through all slots.
  SlotNumber SlotOfSeat(uint32_t seat) const;

  /// The operations, in an order in which they can be done.
  uint32_t OperationCount() const;
  struct KeyedOperation {
    std::string key;
    v1::Operation operation;
  };
  KeyedOperation OperationAt(uint32_t number) const;
  /// The number of the operation with this id; none if it is not one of these.
  std::optional<uint32_t> NumberOf(std::string_view operation_id) const;

 private:
  v1::Campaign CampaignOf(const Cohort& cohort, absl::Time opens) const;
  void AddSlots(uint32_t clinic, v1::OpenSlots& operation) const;

  const Cohort cohort_;
  const std::optional<Cohort> next_cohort_;
  const uint32_t seats_;
  const uint32_t clinics_;
  const uint32_t slots_per_clinic_;
  const absl::Duration slot_length_;
  std::vector<std::string> site_ids_;
  /// The same at every clinic.
  std::vector<std::string> slot_ids_;
  std::vector<absl::Time> slot_starts_;
};

}  // namespace slotlog
