// Where a citizen stands in a campaign, as the events of the citizen's shard
// tell it. A claim is kept for ever and therefore small; what only an open
// conversation needs is kept beside it, for as long as it is open. Values.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

enum class ClaimState : uint8_t {
  kIdle,
  /// A first seat is asked for.
  kAsked,
  kHeld,
  kBooked,
  /// The seat is asked back.
  kReleasing,
  /// Another seat is asked for.
  kMoving,
  /// It is taken, at another site: the old one is asked back.
  kLeaving,
  /// The old one's visit began: the new one is asked back.
  kReturning,
  /// The dose is given: the end.
  kFulfilled,
};

/// "booked".
std::string_view NameOf(ClaimState state);

/// A seat as the citizen's shard names it. Without turn and number: none. (The
/// next dose's is of no turn.)
struct ClaimSeat {
  SlotKey slot;
  /// The one under which it was asked for.
  Turn turn;
  /// 0 until it is taken.
  SeatNumber number;
  Shard shard;

  bool IsThere() const { return turn.value != 0 || number.value != 0; }
  friend bool operator==(const ClaimSeat&, const ClaimSeat&) = default;
};

struct Claim {
  /// None when idle or asked, and once a move's old seat is lost.
  ClaimSeat seat;
  /// The event that changed it last.
  Sequence sequence;
  /// Of a hold, also while it is moved; else 0.
  int64_t deadline_unix_ms = 0;
  /// The last exchange's.
  Turn turn;
  /// Under which the citizen stands in a waitlist; 0: in none.
  Turn waiting;
  ClaimState state = ClaimState::kIdle;

  bool IsOpen() const;
  /// The seat is held, and its time is over: the agenda will end it.
  bool IsDoomed(int64_t now_unix_ms) const {
    return state == ClaimState::kHeld && deadline_unix_ms <= now_unix_ms;
  }
  /// There is a seat, and it is not only held; its visit is not over.
  bool HasAppointment() const {
    return seat.IsThere() && deadline_unix_ms == 0 &&
           state != ClaimState::kFulfilled;
  }
};

/// What is known of an open conversation.
struct Conversation {
  static constexpr Offset kNoCommand{-1};
  enum class Visit : uint8_t { kNotOver, kFulfilled, kMissed };

  /// The command that it is about; an expired hold's has none.
  Offset command = kNoCommand;
  /// The seat asked for: a first one, or the move's. None once it is lost.
  ClaimSeat wanted;
  bool wants_hold = false;
  /// Not a seat is asked for, but a place in a waitlist.
  bool wants_to_wait = false;
  /// The move's two seats are at one site: moved by one message.
  bool is_within_site = false;
  /// Of the seat had, heard of meanwhile.
  Visit visit = Visit::kNotOver;
};

/// A seat that was offered and has no claim: parked, or declined by that event.
struct Offer {
  ClaimSeat seat;
  Sequence declined;
};
/// Few at any time; those declined are kept for ever.
using OfferMap = absl::flat_hash_map<ClaimKey, std::vector<Offer>>;
using ClaimMap = absl::flat_hash_map<ClaimKey, Claim>;
using ConversationMap = absl::flat_hash_map<ClaimKey, Conversation>;

}  // namespace slotlog::verify
