#include "tools/verify/match_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace slotlog::verify {
namespace {

/// Found in no order that repeats, told in the order of their sequences.
void Tell(const ShardAudit& audit, Invariant invariant,
          std::vector<Sequence> sequences, std::string_view what,
          Findings& findings) {
  std::sort(sequences.begin(), sequences.end());
  for (Sequence sequence : sequences) {
    findings.Violated(invariant, audit.History().PlaceOf(sequence),
                      std::string(what));
  }
}

/// Has `to` yet to receive what `from` decided by this event?
bool IsOnItsWay(Sequence sequence, Shard from, Shard to, ShardAudits audits) {
  return audits[from.value]->MessagesSentTo(to) >
             audits[to.value]->MessagesReceivedFrom(from) &&
         sequence > audits[to.value]->LastEventHeardFrom(from);
}

bool Names(const ClaimSeat& named, const SlotKey& slot, SeatNumber number,
           const Seat& seat) {
  return named.IsThere() && named.slot == slot && named.turn == seat.turn &&
         (named.number == number || named.number == SeatNumber{});
}

/// A claim that is in no conversation, and its seat.
bool HasSeat(const ClaimKey& key, const Claim& claim, Shard home,
             ShardAudits audits) {
  const Shard slot_shard = claim.seat.shard;
  const Seat* seat = audits[slot_shard.value]->Slots().FindSeat(
      claim.seat.slot, claim.seat.number);
  if (seat == nullptr || !seat->IsOf(key, claim.seat.turn)) return false;
  switch (seat->state) {
    case SeatState::kHeld:
      return claim.state == ClaimState::kHeld ||
             (claim.state == ClaimState::kBooked &&
              IsOnItsWay(claim.sequence, home, slot_shard, audits));
    case SeatState::kBooked:
    case SeatState::kBegun:
      return claim.state == ClaimState::kBooked;
    case SeatState::kFulfilled:
      return claim.state == ClaimState::kFulfilled ||
             IsOnItsWay(seat->sequence, slot_shard, home, audits);
    case SeatState::kMissed:
    case SeatState::kWithdrawn:
      return IsOnItsWay(seat->sequence, slot_shard, home, audits);
    case SeatState::kNever:
    case SeatState::kReleased:
      return false;
  }
  return false;
}

/// A seat that was offered, and not taken by a claim yet, or no more.
bool IsOnOffer(const SlotKey& slot, SeatNumber number, const Seat& seat,
               Shard slot_shard, ShardAudits audits) {
  if (!seat.was_offered || !seat.IsUnbegun()) return false;
  if (IsOnItsWay(seat.sequence, slot_shard, seat.citizen_shard, audits)) {
    return true;
  }
  const OfferMap& offers = audits[seat.citizen_shard.value]->Offers();
  const auto found = offers.find(seat.claim);
  if (found == offers.end()) return false;
  return std::any_of(
      found->second.begin(), found->second.end(), [&](const Offer& offer) {
        return offer.seat.slot == slot && offer.seat.number == number &&
               (offer.declined == Sequence{} ||
                IsOnItsWay(offer.declined, seat.citizen_shard, slot_shard,
                           audits));
      });
}

/// A seat that is not given back or lost, and its claim.
bool HasClaim(const SlotKey& slot, SeatNumber number, const Seat& seat,
              Shard slot_shard, ShardAudits audits) {
  const ShardAudit& home = *audits[seat.citizen_shard.value];
  const auto found = home.Claims().find(seat.claim);
  if (found == home.Claims().end()) return false;
  const Claim& claim = found->second;
  const Conversation* open = home.FindConversation(seat.claim);
  if (!Names(claim.seat, slot, number, seat)) {
    return open != nullptr && seat.Stands() &&
           Names(open->wanted, slot, number, seat);
  }
  if (seat.Stands()) return claim.state != ClaimState::kFulfilled;
  return claim.state == ClaimState::kFulfilled ||
         (open != nullptr && open->visit == Conversation::Visit::kFulfilled) ||
         IsOnItsWay(seat.sequence, slot_shard, seat.citizen_shard, audits);
}

bool IsSettledWithSeat(const Claim& claim) {
  return claim.state == ClaimState::kHeld ||
         claim.state == ClaimState::kBooked ||
         claim.state == ClaimState::kFulfilled;
}

void CheckClaims(Shard home, ShardAudits audits, Findings& findings) {
  const ShardAudit& audit = *audits[home.value];
  std::vector<Sequence> without_seat;
  for (const auto& [key, claim] : audit.Claims()) {
    if (!IsSettledWithSeat(claim)) continue;
    findings.Checked(Invariant::kSeatsMatchClaims);
    if (!HasSeat(key, claim, home, audits)) {
      without_seat.push_back(claim.sequence);
    }
  }
  Tell(audit, Invariant::kSeatsMatchClaims, std::move(without_seat),
       "the claim that it changed last has no seat of its number, turn and "
       "state",
       findings);
}

void CheckSeats(Shard slot_shard, ShardAudits audits, Findings& findings) {
  const ShardAudit& audit = *audits[slot_shard.value];
  std::vector<Sequence> without_claim;
  for (const auto& [key, slot] : audit.Slots().Slots()) {
    for (uint32_t index = 0; index < slot.seats.size(); ++index) {
      const Seat& seat = slot.seats[index];
      if (!seat.Stands() && seat.state != SeatState::kFulfilled) continue;
      findings.Checked(Invariant::kSeatsMatchClaims);
      const SeatNumber number{index + 1};
      if (!HasClaim(key, number, seat, slot_shard, audits) &&
          !IsOnOffer(key, number, seat, slot_shard, audits)) {
        without_claim.push_back(seat.sequence);
      }
    }
  }
  Tell(audit, Invariant::kSeatsMatchClaims, std::move(without_claim),
       "the seat that it changed last has no claim of its number, turn and "
       "state",
       findings);
}

/// An open conversation that waits for no message: a full slot's shard keeps
/// the move for a moment.
bool WaitsForASwap(const ClaimKey& key, const Claim& claim,
                   const ShardAudit& home, ShardAudits audits) {
  const Conversation* open = home.FindConversation(key);
  return open != nullptr && claim.state == ClaimState::kMoving &&
         audits[open->wanted.shard.value]->Slots().IsDelayed(key, claim.turn);
}

}  // namespace

absl::Status CloseCut(ShardAudits audits) {
  for (bool has_advanced = true; has_advanced;) {
    has_advanced = false;
    for (size_t to = 0; to < audits.size(); ++to) {
      for (size_t from = 0; from < audits.size(); ++from) {
        ShardAudit& source = *audits[from];
        while (audits[to]->MessagesReceivedFrom(ShardAt(from)) >
               source.MessagesSentTo(ShardAt(to))) {
          absl::StatusOr<bool> advanced = source.Advance();
          if (!advanced.ok()) return advanced.status();
          if (!*advanced) break;
          has_advanced = true;
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> CheckMessages(ShardAudits audits, Findings& findings) {
  uint64_t in_flight = 0;
  for (size_t to = 0; to < audits.size(); ++to) {
    std::vector<uint64_t> sent_by;
    for (const auto& source : audits) {
      sent_by.push_back(source->MessagesSentTo(ShardAt(to)));
    }
    absl::StatusOr<std::vector<uint64_t>> arrived =
        audits[to]->History().ReadRest(sent_by);
    if (!arrived.ok()) return arrived.status();
    for (size_t from = 0; from < audits.size(); ++from) {
      ShardAudit& source = *audits[from];
      const uint64_t sent = sent_by[from];
      const uint64_t received = audits[to]->MessagesReceivedFrom(ShardAt(from));
      // What was received and is no longer kept had arrived.
      const uint64_t there = std::max((*arrived)[from], received);
      if (sent > received) in_flight += sent - received;
      bool is_wrong = there < sent;
      if (there > sent) {
        // Of later batches, if there are any.
        absl::StatusOr<bool> is_at_end = source.History().IsAtEnd();
        if (!is_at_end.ok()) return is_at_end.status();
        is_wrong = *is_at_end;
      }
      if (is_wrong) {
        findings.Violated(
            Invariant::kContiguous, source.History().LastPlace(),
            fmt::format(
                "shard {} counts {} messages sent to shard {}; {} "
                "holds {}",
                from, sent, to,
                DebugString(TopicPartition{Topic::kInternal, ShardAt(to)}),
                there));
      }
    }
  }
  return in_flight;
}

void CheckSeatsMatchClaims(ShardAudits audits, Findings& findings) {
  for (size_t shard = 0; shard < audits.size(); ++shard) {
    CheckClaims(ShardAt(shard), audits, findings);
    CheckSeats(ShardAt(shard), audits, findings);
  }
}

void CheckNobodyWaitsInVain(ShardAudits audits, uint64_t messages_in_flight,
                            Findings& findings) {
  for (size_t shard = 0; shard < audits.size(); ++shard) {
    const ShardAudit& audit = *audits[shard];
    std::vector<Offset> in_vain;
    for (const auto& [offset, input] : audit.Waiting().Commands()) {
      const auto claim = audit.Claims().find(input.claim);
      if (claim == audit.Claims().end() ||
          (!claim->second.IsOpen() &&
           !claim->second.IsDoomed(audit.NowUnixMs()))) {
        in_vain.push_back(offset);
      }
    }
    std::sort(in_vain.begin(), in_vain.end());
    for (Offset offset : in_vain) {
      findings.Violated(Invariant::kOneAnswer,
                        {{Topic::kCommands, ShardAt(shard)}, offset, {}},
                        "the command waits, and no conversation of its citizen "
                        "is open");
    }

    if (messages_in_flight > 0) continue;
    std::vector<Sequence> never_answered;
    for (const auto& [key, claim] : audit.Claims()) {
      if (!claim.IsOpen() || WaitsForASwap(key, claim, audit, audits)) continue;
      never_answered.push_back(claim.sequence);
    }
    Tell(audit, Invariant::kOneAnswer, std::move(never_answered),
         "the conversation that it opened has no answer, and no message is on "
         "its way",
         findings);
  }
}

}  // namespace slotlog::verify
