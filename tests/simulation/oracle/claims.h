// The oracle's people: where each stands in each campaign, as he was told.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tests/simulation/oracle/sites.h"
#include "tests/simulation/oracle/wish.h"

namespace slotlog::oracle {

enum class ClaimState { kNone, kHeld, kBooked, kFulfilled };

/// What a slot's shard is being asked for.
struct Open {
  /// None: nobody asked, a hold ran out.
  std::optional<int64_t> command_offset;
  Verb verb = Verb::kNone;
  uint32_t turn = 0;
  /// The campaign's, by which the wish was judged.
  uint32_t version = 0;
  bool is_move = false;
  /// For a move: the seat had, even if it is lost meanwhile.
  SeatName from;
  /// For a move: the seat asked for; its number once it is taken.
  SeatName to;
  /// The slot took the new seat back before the move was over.
  bool is_new_seat_lost = false;
};

struct Claim {
  ClaimState state = ClaimState::kNone;
  SeatName seat;
  uint32_t seat_turn = 0;
  /// Of the seat that is held, or of the hold that ran out last.
  int64_t deadline_unix_ms = 0;
  /// The last seat was lost by its deadline.
  bool has_expired = false;
  /// Holds that ran out and appointments that were missed.
  uint32_t chances_used = 0;
  uint32_t turn = 0;
  std::optional<Open> open;
  /// Under which he waits for a seat.
  std::optional<uint32_t> waiting;
  /// The seat that was offered while the conversation is open.
  std::optional<SeatName> parked_offer;
  /// The latest command whose wish was decided, but for confirms.
  int64_t decided_offset = -1;
};

/// Citizen and campaign.
using ClaimName = std::pair<std::string, std::string>;
using Claims = std::map<ClaimName, Claim>;

/// Those that an event names.
template <typename Body>
ClaimName ClaimNameOf(const Body& body) {
  return {body.citizen_id(), body.campaign_id()};
}
template <typename Body>
SeatName SeatNameOf(const Body& body) {
  return {.site_id = body.site_id(),
          .slot_id = body.slot_id(),
          .number = body.seat()};
}

}  // namespace slotlog::oracle
