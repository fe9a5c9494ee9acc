// The oracle's places: sites, slots, and every seat that was ever given out,
// with what became of it. Ordered maps and plain structs.

#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::oracle {

enum class SeatState {
  kHeld,
  kBooked,
  kCheckedIn,
  kFulfilled,
  kMissed,
  /// Given back by the citizen's shard.
  kReleased,
  /// Taken back by the slot.
  kWithdrawn,
};

struct Seat {
  std::string citizen_id;
  std::string campaign_id;
  /// The one under which it was taken.
  uint32_t turn = 0;
  SeatState state = SeatState::kHeld;
  /// Why it was withdrawn.
  v1::NoticeKind reason = v1::NOTICE_KIND_UNSPECIFIED;
  /// And whether its citizen is to have another one.
  bool waits = false;
  /// What was given.
  std::string product_and_lot;

  /// Does somebody sit there?
  bool IsTaken() const { return state < SeatState::kReleased; }
  bool IsVisited() const {
    return state == SeatState::kCheckedIn || state == SeatState::kFulfilled;
  }
  bool IsWaited() const {
    return state == SeatState::kHeld || state == SeatState::kBooked;
  }
};

struct Slot {
  int64_t start_unix_ms = 0;
  int64_t end_unix_ms = 0;
  uint32_t day_yyyymmdd = 0;
  std::string product;
  /// As stated last, whether or not fewer are taken by now.
  int32_t capacity = 0;
  bool is_closed = false;
  /// Closed, and its seats will be taken back.
  bool is_withdrawn = false;
  /// By number, also those that were given back.
  std::map<uint32_t, Seat> seats;

  int32_t Taken() const {
    return static_cast<int32_t>(
        std::count_if(seats.begin(), seats.end(),
                      [](const auto& one) { return one.second.IsTaken(); }));
  }
  bool IsFull() const { return Taken() >= capacity; }
};

struct Site {
  v1::DefineSite definition;
  bool is_closed = false;
  std::map<std::string, Slot> slots;
};

using Sites = std::map<std::string, Site>;

inline Slot* FindSlot(Sites& sites, const std::string& site_id,
                      const std::string& slot_id) {
  const auto site = sites.find(site_id);
  if (site == sites.end()) return nullptr;
  const auto slot = site->second.slots.find(slot_id);
  return slot == site->second.slots.end() ? nullptr : &slot->second;
}

/// A seat's name.
struct SeatName {
  std::string site_id;
  std::string slot_id;
  uint32_t number = 0;

  friend auto operator<=>(const SeatName&, const SeatName&) = default;
};

inline const Seat* FindSeat(Sites& sites, const SeatName& name) {
  const Slot* slot = FindSlot(sites, name.site_id, name.slot_id);
  if (slot == nullptr) return nullptr;
  const auto seat = slot->seats.find(name.number);
  return seat == slot->seats.end() ? nullptr : &seat->second;
}

}  // namespace slotlog::oracle
