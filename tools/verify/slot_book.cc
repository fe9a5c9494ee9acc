#include "tools/verify/slot_book.h"

#include <algorithm>

namespace slotlog::verify {

int64_t Slot::ToBeWithdrawn() const {
  if (withdraws) return unbegun;
  return std::min(std::max<int64_t>(0, taken - capacity), unbegun);
}

SeatNumber Slot::HighestUnbegun() {
  while (highest_unbegun.value > 0 &&
         !seats[highest_unbegun.value - 1].IsUnbegun()) {
    --highest_unbegun.value;
  }
  return highest_unbegun;
}

void Slot::Begin(Seat& seat, Sequence sequence, SeatState state) {
  if (seat.IsUnbegun()) --unbegun;
  seat.state = state;
  seat.sequence = sequence;
}

void Slot::Free(Seat& seat, Sequence sequence, SeatState state) {
  Begin(seat, sequence, state);
  --taken;
  excess = std::min(excess, taken);
}

}  // namespace slotlog::verify
