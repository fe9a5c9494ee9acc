// Those who wait for seats, as rows: a list for each slot, site and region, in
// every shard that has such sites; and the searches that go through them.
//
// In a list stand, for each campaign and order, people one behind the other;
// they rest in chunks of a few, and a place in the list is never given twice.
//
// Values. A row belongs to its shard's thread, as all state does.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "events/ids.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

struct Waiter {
  /// Empty: taken out.
  std::string citizen_id;
  Turn turn;
  /// For slots that start in [from, to).
  absl::Time from = absl::UnixEpoch();
  absl::Time to = absl::InfiniteFuture();

  friend bool operator==(const Waiter&, const Waiter&) = default;
};

/// Of one queue, those at kWaitersPerChunk places.
struct WaiterChunk {
  std::vector<Waiter> waiters;

  friend bool operator==(const WaiterChunk&, const WaiterChunk&) = default;
};

/// Those of one campaign and order.
struct WaitQueue {
  /// Lower comes first.
  uint32_t order = 0;
  std::string campaign_id;
  /// By which its chunks are found.
  uint32_t number = 0;
  /// The first who is still there, and the place behind the last.
  uint32_t first = 0;
  uint32_t end = 0;

  friend bool operator==(const WaitQueue&, const WaitQueue&) = default;
};

struct Waitlist {
  /// By order, then by campaign; never an empty one.
  std::vector<WaitQueue> queues;
  uint32_t last_number = 0;

  friend bool operator==(const Waitlist&, const Waitlist&) = default;
};

/// Which of the lists that a slot is offered to, in this order.
enum class WaitlistKind : uint8_t { kSlot, kSite, kRegion };
inline constexpr WaitlistKind kWaitlistKinds[] = {
    WaitlistKind::kSlot, WaitlistKind::kSite, WaitlistKind::kRegion};

/// A place among those who are offered a slot.
struct WaitPlace {
  WaitlistKind list = WaitlistKind::kSlot;
  uint32_t order = 0;
  std::string campaign_id;
  uint32_t position = 0;

  friend bool operator==(const WaitPlace&, const WaitPlace&) = default;
};

/// Goes through those who may want a slot's free seats, or through a site's
/// slots for somebody's next dose.
struct Search {
  std::string site_id;
  /// For the next dose: the best one yet.
  std::string slot_id;
  /// Where it goes on. Of the next dose only the campaign is named.
  WaitPlace next;

  /// UNSPECIFIED: it is no search for a next dose.
  v1::NextDoseBy by = v1::NEXT_DOSE_BY_UNSPECIFIED;
  std::string citizen_id;
  absl::Time not_before = absl::UnixEpoch();
  absl::Time best_start = absl::UnixEpoch();
  uint32_t next_slot_index = 0;

  friend bool operator==(const Search&, const Search&) = default;
};

}  // namespace slotlog
