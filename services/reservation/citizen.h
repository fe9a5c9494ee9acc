// A citizen's row, in the citizen's home shard: where he stands in each
// campaign, and what his commands were answered.
//
// Values. A row belongs to its shard's thread, as all state does.

#pragma once

#include <absl/container/inlined_vector.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// What a command id was answered, so that it is answered the same for ever.
/// Site and slot are not kept: the repeated command itself names them.
struct Answer {
  uint64_t command_id_digest = 0;
  uint64_t command_digest = 0;
  Sequence sequence;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;

  friend bool operator==(const Answer&, const Answer&) = default;
};

/// A command that waits for the end of the open conversation.
struct ParkedCommand {
  Offset offset;
  absl::Time asked_at;
  uint64_t command_digest = 0;
  uint64_t command_id_digest = 0;
  /// The command's bytes.
  std::string command;

  friend bool operator==(const ParkedCommand&, const ParkedCommand&) = default;
};

enum class ClaimState : uint8_t {
  kIdle,
  kAsked,
  kHeld,
  kBooked,
  kMoving,
  kReleasing,
  kFulfilled,
};

/// A seat as the citizen's shard knows it.
struct SeatName {
  std::string site_id;
  std::string slot_id;
  SeatNumber number;
  /// The one under which it was taken.
  Turn turn;

  friend bool operator==(const SeatName&, const SeatName&) = default;
};

/// How far a move to another seat has come.
struct Move {
  enum class Phase : uint8_t {
    kAskingForNew,
    kReleasingOld,
    /// The old one cannot be given back any more.
    kReturningNew,
  };
  Phase phase = Phase::kAskingForNew;
  /// Taken or, without a number, asked for.
  SeatName to;
  /// The slot took it back by itself meanwhile.
  bool is_lost = false;

  friend bool operator==(const Move&, const Move&) = default;
};

/// A seat that was offered while the claim was busy.
struct ParkedOffer {
  SeatName seat;
  v1::NextDoseBy next_dose_by = v1::NEXT_DOSE_BY_UNSPECIFIED;

  friend bool operator==(const ParkedOffer&, const ParkedOffer&) = default;
};

/// The exchange that is open with a slot's shard, and who waits for its end.
struct Conversation {
  /// Empty where it was no command that opened it, but a deadline.
  std::string command_id;
  Offset command_offset{-1};
  uint64_t command_digest = 0;
  /// The command's stamp.
  absl::Time asked_at;
  /// The answer if all goes well.
  v1::Outcome wanted = v1::OUTCOME_UNSPECIFIED;
  /// Where the claim returns to if it does not.
  ClaimState before = ClaimState::kIdle;
  std::optional<Move> move;
  std::optional<ParkedOffer> offer;
  std::vector<ParkedCommand> parked;

  friend bool operator==(const Conversation&, const Conversation&) = default;
};

/// Where a citizen stands in one campaign.
struct Claim {
  std::string campaign_id;
  ClaimState state = ClaimState::kIdle;
  /// The latest conversation's.
  Turn turn;
  /// Taken or, without a number, asked for; empty when idle.
  SeatName seat;
  /// While the seat is held.
  absl::Time deadline;
  /// Holds that ran out.
  uint32_t chances_used = 0;
  /// The last claim ended by its deadline.
  bool has_expired = false;
  /// Under which the citizen stands in a waitlist; 0: in none.
  Turn waiting;
  /// Set while one is open or something is parked behind it.
  std::unique_ptr<Conversation> conversation;

  Claim() = default;
  Claim(Claim&&) = default;
  Claim& operator=(Claim&&) = default;
  Claim(const Claim& other);
  Claim& operator=(const Claim& other) { return *this = Claim(other); }

  /// Is a conversation with a slot going on?
  bool IsOpen() const {
    return state == ClaimState::kAsked || state == ClaimState::kMoving ||
           state == ClaimState::kReleasing;
  }
  /// Is the slot's shard being asked to take the claim's seat back?
  bool IsAskedBack() const {
    return state == ClaimState::kReleasing ||
           (state == ClaimState::kMoving &&
            conversation->move->phase == Move::Phase::kReleasingOld);
  }
  /// Is the hold over at that time, though no event says so yet?
  bool IsDoomed(absl::Time at) const {
    return state == ClaimState::kHeld && at >= deadline;
  }
  friend bool operator==(const Claim& a, const Claim& b);
};

struct Citizen {
  absl::InlinedVector<Claim, 1> claims;
  absl::InlinedVector<Answer, 1> answers;

  const Claim* FindClaim(CampaignId campaign) const;
  Claim* FindClaim(CampaignId campaign);
  const Answer* FindAnswer(uint64_t command_id_digest) const;
  friend bool operator==(const Citizen&, const Citizen&) = default;
};

}  // namespace slotlog
