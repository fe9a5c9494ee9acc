#include "tools/rush/availability_page.h"

namespace slotlog {

AvailabilityPage::AvailabilityPage(const Places& places)
    : places_(places),
      slots_(places.SlotCount()),
      free_(places.regions().Count()),
      is_hidden_(places.SlotCount() / places.SlotsPerSite()) {
  for (SlotNumber slot{0}; slot.value < places.SlotCount(); ++slot) {
    slots_[slot.value] = {places.CapacityOf(slot), kNotListed};
    if (slots_[slot.value].left > 0) List(slot);
  }
}

void AvailabilityPage::SeatTaken(SlotNumber slot) {
  if (--slots_[slot.value].left == 0 &&
      slots_[slot.value].place != kNotListed) {
    Unlist(slot);
  }
}

void AvailabilityPage::SeatReleased(SlotNumber slot) {
  if (++slots_[slot.value].left == 1 &&
      !is_hidden_[slot.value / places_.SlotsPerSite()]) {
    List(slot);
  }
}

void AvailabilityPage::HideSiteOf(SlotNumber of) {
  const uint32_t slots = places_.SlotsPerSite();
  const uint32_t site = of.value / slots;
  is_hidden_[site] = true;
  for (SlotNumber slot{site * slots}; slot.value < (site + 1) * slots; ++slot) {
    if (slots_[slot.value].place != kNotListed) Unlist(slot);
  }
}

void AvailabilityPage::ShowHidden() {
  is_hidden_.assign(is_hidden_.size(), false);
  for (SlotNumber slot{0}; slot.value < slots_.size(); ++slot) {
    const Entry& entry = slots_[slot.value];
    if (entry.left > 0 && entry.place == kNotListed) List(slot);
  }
}

std::optional<SlotNumber> AvailabilityPage::FreeSlot(
    RegionNumber region, uint64_t random_bits) const {
  if (free_slots_ == 0) return std::nullopt;
  const auto& nearby = free_[region.value];
  size_t index =
      (random_bits >> 32) * (nearby.empty() ? free_slots_ : nearby.size()) >>
      32;
  if (!nearby.empty()) return nearby[index];
  size_t anywhere = 0;
  while (index >= free_[anywhere].size()) index -= free_[anywhere++].size();
  return free_[anywhere][index];
}

void AvailabilityPage::List(SlotNumber slot) {
  auto& free = free_[places_.RegionOf(slot).value];
  slots_[slot.value].place = static_cast<uint32_t>(free.size());
  free.push_back(slot);
  ++free_slots_;
}

void AvailabilityPage::Unlist(SlotNumber slot) {
  const uint32_t place = slots_[slot.value].place;
  auto& free = free_[places_.RegionOf(slot).value];
  free[place] = free.back();
  slots_[free[place].value].place = place;
  free.pop_back();
  --free_slots_;
  slots_[slot.value].place = kNotListed;
}

}  // namespace slotlog
