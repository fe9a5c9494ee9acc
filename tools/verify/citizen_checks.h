// Invariant 2, in a citizen's shard: in each campaign a citizen has at most one
// claim. It goes from idle over asked to held or booked, from there over
// releasing back to idle, or over a move to another seat; each exchange with a
// slot's shard is under the next turn. A move may have two seats, never two
// claims. A hold is confirmed before its deadline and expires after it. Keeps
// the claims, for the comparison with the seats. Not thread-safe.
//
// One function for each event: what a command asks for stands in
// citizen_checks.cc, what happens without one in citizen_turns.cc, moves in
// citizen_moves.cc, waitlists and offers in citizen_waits.cc.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "tools/verify/claim.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

class CitizenChecks {
 public:
  CitizenChecks(Shard shard, ShardCount shards, Findings& findings)
      : shard_(shard), shards_(shards), findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event);

  const ClaimMap& Claims() const { return claims_; }
  const OfferMap& Offers() const { return offers_; }
  /// Null if none is open.
  const Conversation* FindConversation(const ClaimKey& key) const;

 private:
  /// The claim that an event is about.
  struct Subject {
    ClaimKey key;
    Claim& claim;
  };

  // --- What a command asks for ---
  void Follow(const v1::SeatAsked& asked, const Place& place);
  void Follow(const v1::Booked& booked, const Place& place);
  void Follow(const v1::Held& held, const Place& place);
  void Follow(const v1::HoldConfirmed& confirmed, int64_t asked_at_unix_ms,
              const Place& place);
  void Follow(const v1::ReleaseAsked& asked, const Place& place);
  void Follow(const v1::Cancelled& cancelled, const Place& place);
  void Follow(const v1::CommandRefused& refused, const Place& place);

  // --- What happens without one ---
  void Follow(const v1::HoldExpired& expired, const Place& place);
  void Follow(const v1::HoldDeferred& deferred, const Place& place);
  void Follow(const v1::HoldGivenBack& back, const Place& place);
  void Follow(const v1::SeatLost& lost, const Place& place);
  void Follow(const v1::Fulfilled& fulfilled, const Place& place);
  void Follow(const v1::Missed& missed, const Place& place);
  template <typename Body>
  void EndVisit(const Body& body, Conversation::Visit visit,
                std::string_view doing, const Place& place);

  // --- Waiting ---
  void Follow(const v1::WaitlistAsked& asked, const Place& place);
  void Follow(const v1::Waiting& waiting, const Place& place);
  void Follow(const v1::WaitlistLeft& left, const Place& place);
  void Follow(const v1::Offered& offered, const Place& place);
  void Follow(const v1::OfferParked& parked, const Place& place);
  void Follow(const v1::OfferDeclined& declined, const Place& place);
  void Follow(const v1::OfferWithdrawn& withdrawn, const Place& place);
  /// Drops the offer if it is parked. False: it is not.
  bool TakeParked(const ClaimKey& key, const ClaimSeat& seat);

  // --- Moves ---
  void Follow(const v1::MoveAsked& asked, const Place& place);
  void Follow(const v1::NewSeatTaken& taken, const Place& place);
  void Follow(const v1::NewSeatReturned& returned, const Place& place);
  void Follow(const v1::Rescheduled& rescheduled, const Place& place);

  // --- Steps of theirs ---
  /// Says so if the claim is in none of these states.
  template <typename Body>
  Subject Expect(const Body& body, const Place& place,
                 std::initializer_list<ClaimState> states,
                 std::string_view doing) {
    findings_.Checked(Invariant::kOneClaim);
    const ClaimKey key = ClaimOf(body);
    Claim& claim = claims_[key];
    ExpectState(claim, states, body.citizen_id(), body.campaign_id(), doing,
                place);
    claim.sequence = place.sequence;
    return {key, claim};
  }
  void ExpectState(const Claim& claim, std::initializer_list<ClaimState> states,
                   std::string_view citizen, std::string_view campaign,
                   std::string_view doing, const Place& place);
  /// The seat that the event names by its number and its turn.
  template <typename Body>
  ClaimSeat SeatNamedBy(const Body& body) const {
    return {SlotOf(body), Turn{body.seat_turn()}, SeatNumber{body.seat()},
            HomeOf(body.site_id())};
  }
  /// Says so if they differ.
  void ExpectSeat(const ClaimSeat& expected, const ClaimSeat& named,
                  std::string_view slot, const Place& place);
  /// Says so if the conversation is about another command or another slot, or
  /// has another turn.
  template <typename Body>
  void ExpectConversation(const Claim& claim, const Conversation& open,
                          const SlotKey& slot, const Body& body,
                          const Place& place) {
    if (claim.turn == Turn{body.turn()} && slot == SlotOf(body) &&
        open.command == Offset{body.command_offset()}) {
      return;
    }
    TellOtherConversation(claim, open, body.turn(), body.command_offset(),
                          body.slot_id(), place);
  }
  void TellOtherConversation(const Claim& claim, const Conversation& open,
                             uint32_t turn, int64_t command_offset,
                             std::string_view slot, const Place& place);
  /// The claim goes on under the next turn.
  template <typename Body>
  void BeginTurn(const Body& body, Claim& claim, const Place& place) {
    if (body.turn() != claim.turn.value + 1) {
      TellOtherTurn(claim, body.turn(), body.citizen_id(), body.campaign_id(),
                    place);
    }
    claim.turn = Turn{body.turn()};
  }
  void TellOtherTurn(const Claim& claim, uint32_t turn,
                     std::string_view citizen, std::string_view campaign,
                     const Place& place);
  Conversation& Open(const Subject& subject, ClaimState state, Offset command);
  void End(const Subject& subject, ClaimState state);
  /// The conversation changes nothing: the claim is what it was before, or what
  /// it has become by what was heard meanwhile.
  void EndAsBefore(const Subject& subject);
  Shard HomeOf(std::string_view site_id) const;
  void Violated(const Place& place, std::string what);

  const Shard shard_;
  const ShardCount shards_;
  Findings& findings_;
  /// The line's time.
  int64_t now_unix_ms_ = 0;
  ClaimMap claims_;
  ConversationMap conversations_;
  OfferMap offers_;
};

}  // namespace slotlog::verify
