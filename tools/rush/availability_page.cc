#include "tools/rush/availability_page.h"

namespace slotlog {

AvailabilityPage::AvailabilityPage(const Places& places)
    : slots_(places.SlotCount()) {
  for (SlotNumber slot{0}; slot.value < places.SlotCount(); ++slot) {
    slots_[slot.value] = {places.CapacityOf(slot), kNotListed};
    if (slots_[slot.value].left > 0) List(slot);
  }
}

void AvailabilityPage::SeatTaken(SlotNumber slot) {
  if (--slots_[slot.value].left == 0) Unlist(slot);
}

void AvailabilityPage::SeatReleased(SlotNumber slot) {
  if (++slots_[slot.value].left == 1) List(slot);
}

std::optional<SlotNumber> AvailabilityPage::FreeSlot(
    uint64_t random_bits) const {
  if (free_.empty()) return std::nullopt;
  return free_[(random_bits >> 32) * free_.size() >> 32];
}

void AvailabilityPage::List(SlotNumber slot) {
  slots_[slot.value].place = static_cast<uint32_t>(free_.size());
  free_.push_back(slot);
}

void AvailabilityPage::Unlist(SlotNumber slot) {
  const uint32_t place = slots_[slot.value].place;
  free_[place] = free_.back();
  slots_[free_[place].value].place = place;
  free_.pop_back();
  slots_[slot.value].place = kNotListed;
}

}  // namespace slotlog
