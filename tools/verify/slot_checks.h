// Invariant 1, in a slot's shard: at every event the seats taken in a slot are
// at most its capacity. A seat is taken only in an open slot of a site that is
// at home here, and given back only by whom it was taken for. Keeps the seats
// that stand, for the comparison with the claims. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>

#include "events/ids.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

struct Seat {
  SlotKey slot;
  /// The event that took it.
  Sequence sequence;
  Turn turn;
  /// Where the citizen is at home.
  Shard citizen_shard;
};
using SeatMap = absl::flat_hash_map<ClaimKey, Seat>;

class SlotChecks {
 public:
  SlotChecks(Shard shard, ShardCount shards, Findings& findings)
      : shard_(shard), shards_(shards), findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event);

  const SeatMap& Seats() const { return seats_; }

 private:
  struct Slot {
    int64_t capacity = 0;
    int64_t taken = 0;
    bool open = false;
  };

  void Follow(const v1::SlotsOpened& opened, const Place& place);
  void Follow(const v1::CapacityChanged& changed, const Place& place);
  void Follow(const v1::SlotClosed& closed, const Place& place);
  void Follow(const v1::SeatTaken& taken, const Place& place);
  void Follow(const v1::SeatReleased& released, const Place& place);
  void Violated(const Place& place, std::string what);

  const Shard shard_;
  const ShardCount shards_;
  Findings& findings_;
  absl::flat_hash_map<SlotKey, Slot> slots_;
  SeatMap seats_;
};

}  // namespace slotlog::verify
