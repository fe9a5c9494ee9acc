// A site's rows, in its home shard: the site, its slots, the seats taken, and
// what campaigns have taken of it.
//
// Values. A row belongs to its shard's thread, as all state does.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/ids.h"
#include "services/reservation/campaign.h"

namespace slotlog {

/// A citizen who wants another slot of the same site, which is full: for a
/// moment, somebody there may want this one.
struct DelayedMove {
  std::string citizen_id;
  std::string campaign_id;
  Turn turn;
  bool hold = false;
  bool is_counted = false;
  Version version;
  /// Wanted, and had.
  std::string slot_id;
  std::string from_slot_id;
  SeatNumber from_seat;
  Turn from_seat_turn;

  friend bool operator==(const DelayedMove&, const DelayedMove&) = default;
};

struct Site {
  std::string name;
  std::string region;
  bool closed = false;
  /// In the order in which they were opened.
  std::vector<std::string> slot_ids;
  std::vector<DelayedMove> delayed_moves;
  /// Of its open slots, together: what operators stated.
  int64_t open_capacity = 0;

  friend bool operator==(const Site&, const Site&) = default;
};

struct Slot {
  absl::Time start;
  absl::Time end;
  int32_t capacity = 0;
  int32_t taken = 0;
  /// Set while more seats are taken than this: the capacity then falls with the
  /// seats taken until it is this.
  std::optional<int32_t> lowered_to;
  /// The one that was given out last: none is given twice.
  SeatNumber last_seat;
  bool closed = false;
  /// By the site's calendar; 0: not told.
  Date day;
  /// Empty: not told.
  std::string product;
  /// A search for those who wait for its free seats is on the agenda.
  bool is_on_offer = false;

  friend bool operator==(const Slot&, const Slot&) = default;
};

/// What a campaign has taken of a site's seats of one day.
struct DayUse {
  Date day;
  int32_t taken = 0;

  friend bool operator==(const DayUse&, const DayUse&) = default;
};

/// What a campaign that counts it has taken of a site.
struct SiteUse {
  int64_t taken = 0;
  /// In order; those on which none is taken are left out.
  std::vector<DayUse> days;

  friend bool operator==(const SiteUse&, const SiteUse&) = default;
};

enum class SeatState : uint8_t {
  kHeld,
  kBooked,
  kCheckedIn,
  kFulfilled,
  kMissed,
};

/// A seat that is taken. The turn is the one under which it was taken.
struct Seat {
  std::string citizen_id;
  std::string campaign_id;
  Turn turn;
  SeatState state = SeatState::kBooked;
  /// Of product and lot, once the dose is given.
  uint64_t dose_digest = 0;

  friend bool operator==(const Seat&, const Seat&) = default;
};

}  // namespace slotlog
