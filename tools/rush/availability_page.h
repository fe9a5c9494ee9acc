// What people see when they look for another slot: the seats left by the
// answers that were read so far. So it is a little behind, like every such
// page: what it shows free may be gone. One thread.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/rush/places.h"

namespace slotlog {

class AvailabilityPage {
 public:
  /// `places` must outlive the page.
  explicit AvailabilityPage(const Places& places);

  void SeatTaken(SlotNumber slot);
  void SeatReleased(SlotNumber slot);

  /// Shows no slot of this slot's site, until ShowHidden.
  void HideSiteOf(SlotNumber slot);
  void ShowHidden();

  bool HasFreeSlot() const { return free_slots_ > 0; }
  /// One of the slots that show a free seat, by 64 random bits: of this region;
  /// where nothing is free there, of any. None: nothing is free.
  std::optional<SlotNumber> FreeSlot(RegionNumber region,
                                     uint64_t random_bits) const;

  /// Negative where answers of two shards were read in an order that shows the
  /// next seat before the release before it; for good: sold beyond capacity.
  int32_t SeatsLeft(SlotNumber slot) const { return slots_[slot.value].left; }

 private:
  static constexpr uint32_t kNotListed = UINT32_MAX;
  struct Entry {
    int32_t left;
    /// Where among its region's.
    uint32_t place;
  };
  void List(SlotNumber slot);
  void Unlist(SlotNumber slot);

  const Places& places_;
  std::vector<Entry> slots_;
  /// Of each region, in no particular order.
  std::vector<std::vector<SlotNumber>> free_;
  /// By site.
  std::vector<bool> is_hidden_;
  /// Of all regions.
  size_t free_slots_ = 0;
};

}  // namespace slotlog
