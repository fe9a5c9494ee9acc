// A slot and its seats, as the events of the slot's shard tell them. A seat's
// number is its place in the slot's list: none is given twice, so the list only
// grows, and a seat costs 40 bytes for ever. Values.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

enum class SeatState : uint8_t {
  /// A number that was passed over.
  kNever,
  kHeld,
  kBooked,
  /// The citizen is there.
  kBegun,
  kFulfilled,
  kMissed,
  /// Given back, or moved from.
  kReleased,
  kWithdrawn,
};

struct Seat {
  ClaimKey claim;
  /// The event that changed it last.
  Sequence sequence;
  /// The one under which it was taken.
  Turn turn;
  /// Where the citizen is at home.
  Shard citizen_shard;
  SeatState state = SeatState::kNever;
  /// By the slot itself; else it was asked for.
  bool was_offered = false;

  /// It can be given back.
  bool IsUnbegun() const {
    return state == SeatState::kHeld || state == SeatState::kBooked;
  }
  /// It waits for its visit or for the visit's end.
  bool Stands() const { return IsUnbegun() || state == SeatState::kBegun; }
  bool IsOf(const ClaimKey& key, Turn its_turn) const {
    return claim == key && turn == its_turn;
  }
};

struct Slot {
  int64_t capacity = 0;
  /// While more seats are taken than that: how many may be. It falls with each
  /// seat given back.
  int64_t excess = 0;
  /// Not given back: ended visits have used theirs up.
  int64_t taken = 0;
  /// Of these, those whose visit has not begun.
  int64_t unbegun = 0;
  int64_t end_unix_ms = 0;
  /// Digest64 of its site's id.
  uint64_t site = 0;
  bool is_closed = false;
  /// All its seats are to be taken back.
  bool withdraws = false;
  /// No seat of a greater number is unbegun.
  SeatNumber highest_unbegun;
  /// Number 1 first.
  std::vector<Seat> seats;

  /// Null if it was never taken.
  const Seat* Find(SeatNumber number) const {
    return number.value == 0 || number.value > seats.size()
               ? nullptr
               : &seats[number.value - 1];
  }
  Seat* Find(SeatNumber number) {
    return const_cast<Seat*>(std::as_const(*this).Find(number));
  }
  int64_t SeatsMax() const { return capacity > excess ? capacity : excess; }
  /// Seats that are still to be taken back, by a closing or a lower capacity.
  int64_t ToBeWithdrawn() const;
  /// The unbegun seat of the greatest number; 0: there is none.
  SeatNumber HighestUnbegun();

  /// A taken seat's visit begins, or it is no longer taken.
  void Begin(Seat& seat, Sequence sequence, SeatState state);
  void Free(Seat& seat, Sequence sequence, SeatState state);
};
using SlotMap = absl::flat_hash_map<SlotKey, Slot>;

}  // namespace slotlog::verify
