// Invariant 2, in a citizen's shard: in each campaign a citizen has at most one
// claim. It goes idle -> asked -> booked -> releasing -> idle, each exchange
// with the slot's shard under the next turn. Keeps the claims, for the
// comparison with the seats. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

enum class ClaimState : uint8_t { kIdle, kAsked, kBooked, kReleasing };

struct Claim {
  SlotKey slot;
  /// The event that changed it last.
  Sequence sequence;
  /// The command that the open conversation is about.
  Offset command;
  /// The last exchange's, and the one under which the seat was taken.
  Turn turn;
  Turn seat_turn;
  Shard slot_shard;
  ClaimState state = ClaimState::kIdle;

  bool IsOpen() const {
    return state == ClaimState::kAsked || state == ClaimState::kReleasing;
  }
};
using ClaimMap = absl::flat_hash_map<ClaimKey, Claim>;

class CitizenChecks {
 public:
  CitizenChecks(Shard shard, ShardCount shards, Findings& findings)
      : shard_(shard), shards_(shards), findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event);

  const ClaimMap& Claims() const { return claims_; }

 private:
  void Follow(const v1::SeatAsked& asked, const Place& place);
  void Follow(const v1::Booked& booked, const Place& place);
  void Follow(const v1::ReleaseAsked& asked, const Place& place);
  void Follow(const v1::Cancelled& cancelled, const Place& place);
  void Follow(const v1::CommandRefused& refused, const Place& place);
  /// The claim that the event is about; says so if it is not `expected`.
  template <typename Body>
  Claim& Expect(const Body& body, const Place& place, ClaimState expected,
                std::string_view doing);
  /// Says so if the claim's conversation is another one than the event's.
  template <typename Body>
  void ExpectConversation(const Claim& claim, const Body& body,
                          const Place& place);
  template <typename Body>
  void BeginTurn(Claim& claim, const Body& body, const Place& place);
  void Violated(const Place& place, std::string what);

  const Shard shard_;
  const ShardCount shards_;
  Findings& findings_;
  ClaimMap claims_;
};

}  // namespace slotlog::verify
