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

bool IsSeatOf(const Seat& seat, const Claim& claim) {
  if (seat.slot != claim.slot) return false;
  switch (claim.state) {
    case ClaimState::kIdle:
      return false;
    case ClaimState::kAsked:
      return seat.turn == claim.turn;
    case ClaimState::kBooked:
    case ClaimState::kReleasing:
      return seat.turn == claim.seat_turn;
  }
  return false;
}

bool HasSeat(const ClaimKey& key, const Claim& claim, ShardAudits audits) {
  const SeatMap& seats = audits[claim.slot_shard.value]->Seats();
  const auto seat = seats.find(key);
  return seat != seats.end() && IsSeatOf(seat->second, claim);
}

bool HasClaim(const ClaimKey& key, const Seat& seat, Shard slot_shard,
              ShardAudits audits) {
  const ClaimMap& claims = audits[seat.citizen_shard.value]->Claims();
  const auto claim = claims.find(key);
  return claim != claims.end() && claim->second.slot_shard == slot_shard &&
         IsSeatOf(seat, claim->second);
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
    absl::StatusOr<std::vector<uint64_t>> arrived =
        audits[to]->History().ReadRest();
    if (!arrived.ok()) return arrived.status();
    for (size_t from = 0; from < audits.size(); ++from) {
      ShardAudit& source = *audits[from];
      const uint64_t sent = source.MessagesSentTo(ShardAt(to));
      const uint64_t received = audits[to]->MessagesReceivedFrom(ShardAt(from));
      // What was received and is no longer kept had arrived.
      const uint64_t there = std::max((*arrived)[from], received);
      if (sent > received) in_flight += sent - received;
      // More than was sent by then: of later batches, if there are any.
      absl::StatusOr<bool> is_at_end = source.History().IsAtEnd();
      if (!is_at_end.ok()) return is_at_end.status();
      if (there < sent || (there > sent && *is_at_end)) {
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
    const ShardAudit& audit = *audits[shard];
    std::vector<Sequence> without_seat;
    for (const auto& [key, claim] : audit.Claims()) {
      if (claim.state != ClaimState::kBooked) continue;
      findings.Checked(Invariant::kSeatsMatchClaims);
      if (!HasSeat(key, claim, audits)) without_seat.push_back(claim.sequence);
    }
    Tell(audit, Invariant::kSeatsMatchClaims, std::move(without_seat),
         "the claim that it booked has no seat of its turn", findings);

    std::vector<Sequence> without_claim;
    for (const auto& [key, seat] : audit.Seats()) {
      findings.Checked(Invariant::kSeatsMatchClaims);
      if (!HasClaim(key, seat, ShardAt(shard), audits)) {
        without_claim.push_back(seat.sequence);
      }
    }
    Tell(audit, Invariant::kSeatsMatchClaims, std::move(without_claim),
         "the seat that it took has no claim of its turn", findings);
  }
}

void CheckNobodyWaitsInVain(ShardAudits audits, uint64_t messages_in_flight,
                            Findings& findings) {
  for (size_t shard = 0; shard < audits.size(); ++shard) {
    const ShardAudit& audit = *audits[shard];
    std::vector<Offset> in_vain;
    for (const auto& [offset, input] : audit.Waiting().Commands()) {
      const auto claim = audit.Claims().find(input.claim);
      if (claim == audit.Claims().end() || !claim->second.IsOpen()) {
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
      if (claim.IsOpen()) never_answered.push_back(claim.sequence);
    }
    Tell(audit, Invariant::kOneAnswer, std::move(never_answered),
         "the conversation that it opened has no answer, and no message is on "
         "its way",
         findings);
  }
}

}  // namespace slotlog::verify
