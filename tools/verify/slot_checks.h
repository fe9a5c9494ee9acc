// Invariant 1, in a slot's shard: at every event the seats taken in a slot are
// at most its capacity; while a lowered one is being reached, at most those
// that are left. A seat is taken only in an open slot of a site that is at home
// here, under the next number; it is given back, moved, checked in or fulfilled
// only as whose it is, and not given back once its visit began. Where seats are
// taken back, the latest go first, and none is left over. Keeps the seats, for
// the comparison with the claims. Not thread-safe.
//
// One function for each event: what operators say of slots stands in
// slot_checks.cc, what becomes of seats in seat_checks.cc.

#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/keys.h"
#include "tools/verify/slot_book.h"

namespace slotlog::verify {

class SlotChecks {
 public:
  SlotChecks(Shard shard, ShardCount shards, Findings& findings)
      : shard_(shard), shards_(shards), findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event);
  /// After the batch's events. `nothing_was_due`: the agenda had nothing to do.
  void EndBatch(const DecidedBatch& batch, bool nothing_was_due);

  const SlotMap& Slots() const { return slots_; }
  /// Null if it was never taken.
  const Seat* FindSeat(const SlotKey& slot, SeatNumber number) const;
  /// A move that waits for somebody to swap with.
  bool IsDelayed(const ClaimKey& claim, Turn turn) const;
  /// Seats that the agenda is still to take back.
  uint64_t SeatsToWithdraw() const;

 private:
  /// A seat that an event is about; null where there is none.
  struct Subject {
    Slot* slot = nullptr;
    Seat* seat = nullptr;
  };
  /// A slot whose seats the agenda takes back.
  struct Withdrawal {
    std::string name;
    /// The line's time when it was said.
    int64_t since_unix_ms;
  };

  // --- What operators say ---
  void Follow(const v1::SlotsOpened& opened, const Place& place);
  void Follow(const v1::CapacityChanged& changed, const Place& place);
  void Follow(const v1::SlotClosed& closed, const Place& place);
  void Follow(const v1::SiteClosed& closed, const Place& place);
  Slot* FindSlot(const SlotKey& key, std::string_view name, const Place& place);
  void BeginWithdrawal(const SlotKey& key, std::string name);

  // --- What becomes of seats ---
  void Follow(const v1::SeatTaken& taken, const Place& place);
  void Follow(const v1::SeatOffered& offered, const Place& place);
  void Follow(const v1::SeatRefused& refused);
  void Follow(const v1::SeatReleased& released, const Place& place);
  void Follow(const v1::SeatConfirmed& confirmed, const Place& place);
  void Follow(const v1::SeatMoved& moved, const Place& place);
  void Follow(const v1::SeatsSwapped& swapped, const Place& place);
  void Follow(const v1::MoveDelayed& delayed);
  void Follow(const v1::SeatWithdrawn& withdrawn, const Place& place);
  void Follow(const v1::SeatCheckedIn& checked_in, const Place& place);
  void Follow(const v1::DoseGiven& given, const Place& place);
  void Follow(const v1::SeatMissed& missed, const Place& place);

  /// Gives the seat its number in an open slot; counts nothing. Null: the slot
  /// is not known.
  template <typename Body>
  Slot* Number(const Body& body, const Place& place);
  /// The same for a seat more than before, for which there must be room.
  template <typename Body>
  Slot* Take(const Body& body, const Place& place);
  void ExpectRoom(const Slot& slot, std::string_view name, const Place& place);
  /// The seat that this body names, and says so if it is not taken so.
  template <typename Body>
  Subject FindTaken(const Body& body, Turn turn, std::string_view doing,
                    const Place& place);
  /// The same of the seat that a move leaves.
  Subject FindLeft(const v1::SeatMoved& moved, const Place& place);
  Subject FindIn(const SlotKey& slot, SeatNumber number, const ClaimKey& claim,
                 Turn turn);
  void ExpectUnbegun(const Subject& subject, std::string_view name,
                     const Place& place);
  bool HasReason(const v1::SeatWithdrawn& withdrawn, const Slot& slot) const;
  void Violated(const Place& place, std::string what);

  const Shard shard_;
  const ShardCount shards_;
  Findings& findings_;
  int64_t now_unix_ms_ = 0;
  SlotMap slots_;
  /// Digest64 of their ids.
  absl::flat_hash_set<uint64_t> closed_sites_;
  std::map<SlotKey, Withdrawal> withdrawals_;
  absl::flat_hash_map<ClaimKey, Turn> delayed_;
};

}  // namespace slotlog::verify
