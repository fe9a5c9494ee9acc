// The half of CitizenRules that ends things: what a conversation came to, and
// what befell a seat without anybody's wish.

#include <utility>

#include "tests/simulation/oracle/citizen_rules.h"

namespace slotlog::oracle {
namespace {

void LoseSeat(Claim& claim) {
  claim.state = ClaimState::kNone;
  claim.seat = {};
}

}  // namespace

void CitizenRules::Judge(const v1::HoldConfirmed& confirmed) {
  const Command* command = FindCommand(confirmed);
  if (command == nullptr) return;
  Claim& claim = ClaimOf(confirmed);
  CheckMay(*command, claim);
  if (claim.state != ClaimState::kHeld || claim.seat != SeatNameOf(confirmed)) {
    findings_.Add("{} confirms a seat that he does not hold",
                  confirmed.citizen_id());
  }
  claim.state = ClaimState::kBooked;
  v1::Confirmation told = AnswerTo(confirmed, v1::OUTCOME_BOOKED);
  told.set_seat(confirmed.seat());
  Tell(std::move(told));
}

void CitizenRules::Judge(const v1::Rescheduled& moved) {
  Open ended;
  if (!EndOpen(moved, ended)) return;
  Claim& claim = ClaimOf(moved);
  const v1::Outcome wanted = ended.verb == Verb::kHold ? v1::OUTCOME_HELD
                             : ended.verb == Verb::kBook
                                 ? v1::OUTCOME_BOOKED
                                 : v1::OUTCOME_RESCHEDULED;
  const SeatName seat = SeatNameOf(moved);
  const bool is_it = ended.is_move && moved.outcome() == wanted &&
                     ended.to.site_id == seat.site_id &&
                     ended.to.slot_id == seat.slot_id &&
                     (ended.to.number == 0 || ended.to.number == seat.number) &&
                     !ended.is_new_seat_lost;
  // At another site the new seat was held until the old one was back.
  const bool wants_confirmation =
      wanted != v1::OUTCOME_HELD && ended.from.site_id != ended.to.site_id;
  if (!is_it || moved.confirms_seat() != wants_confirmation) {
    findings_.Add("{} has moved otherwise", moved.citizen_id());
  }
  TakeSeat(moved, moved.seat_turn(), claim);
  claim.state = ClaimState::kBooked;
  if (wanted == v1::OUTCOME_HELD) {
    CheckDeadline(moved.campaign_id(), ended, moved.deadline_unix_ms());
    claim.state = ClaimState::kHeld;
    claim.deadline_unix_ms = moved.deadline_unix_ms();
  }
  // Between sites it is the old seat's shard that speaks last.
  conversations_.Hear(
      {.slot_shard = moved.slot_shard(),
       .slot_sequence = moved.slot_sequence(),
       .claim = ClaimNameOf(moved),
       .answers = {v1::REFUSAL_UNSPECIFIED, v1::REFUSAL_SEAT_GONE},
       .seat = {}});
  v1::Confirmation told = AnswerTo(moved, moved.outcome());
  told.set_seat(moved.seat());
  told.set_deadline_unix_ms(moved.deadline_unix_ms());
  told.set_slot_shard(moved.slot_shard());
  told.set_slot_sequence(moved.slot_sequence());
  Tell(std::move(told));
}

void CitizenRules::Judge(const v1::Cancelled& cancelled) {
  Open ended;
  if (!EndOpen(cancelled, ended)) return;
  if (ended.verb != Verb::kCancel) {
    findings_.Add("{} did not cancel", cancelled.citizen_id());
  }
  LoseSeat(ClaimOf(cancelled));
  conversations_.Hear(
      {.slot_shard = cancelled.slot_shard(),
       .slot_sequence = cancelled.slot_sequence(),
       .claim = ClaimNameOf(cancelled),
       .answers = {v1::REFUSAL_UNSPECIFIED, v1::REFUSAL_SEAT_GONE},
       .seat = {}});
  v1::Confirmation told = AnswerTo(cancelled, v1::OUTCOME_CANCELLED);
  told.set_slot_shard(cancelled.slot_shard());
  told.set_slot_sequence(cancelled.slot_sequence());
  Tell(std::move(told));
}

/// The slot said no, or the move came to nothing.
void CitizenRules::EndRefused(const v1::CommandRefused& refused, Claim& claim) {
  const Open ended = *std::exchange(claim.open, std::nullopt);
  Heard heard{.slot_shard = refused.slot_shard(),
              .slot_sequence = refused.slot_sequence(),
              .claim = ClaimNameOf(refused),
              .answers = {refused.refusal()},
              .seat = {}};
  switch (refused.refusal()) {
    case v1::REFUSAL_SLOT_UNKNOWN:
    case v1::REFUSAL_SLOT_CLOSED:
    case v1::REFUSAL_SLOT_OVER:
    case v1::REFUSAL_SLOT_FULL:
    case v1::REFUSAL_ROUND_SHARE_TAKEN:
    case v1::REFUSAL_DAY_LIMIT_REACHED:
    case v1::REFUSAL_SLOT_WITHOUT_DAY:
    case v1::REFUSAL_SEATS_ON_OFFER:
    case v1::REFUSAL_SEATS_FREE:
    case v1::REFUSAL_SITE_UNKNOWN:
    case v1::REFUSAL_SITE_CLOSED:
      heard.seat = ended.to;
      heard.seat.number = 0;
      break;
    case v1::REFUSAL_SEAT_GONE:
      // The old seat is given back and the new one taken back, or there was no
      // old one any more.
      heard.answers.insert(v1::REFUSAL_UNSPECIFIED);
      if (!ended.is_new_seat_lost && claim.state != ClaimState::kNone) {
        findings_.Add("{}'s seat is said to be gone and is there",
                      refused.citizen_id());
      }
      LoseSeat(claim);
      break;
    case v1::REFUSAL_VISIT_BEGAN:
      // The last to speak may be the new seat's shard, which takes it back.
      heard.answers.insert({v1::REFUSAL_UNSPECIFIED, v1::REFUSAL_SEAT_GONE});
      conversations_.Tell(
          {.seat = claim.seat,
           .claim = ClaimNameOf(refused),
           .states = {SeatState::kCheckedIn, SeatState::kFulfilled}});
      break;
    default:
      findings_.Add("{} is refused by a slot with {}", refused.citizen_id(),
                    v1::Refusal_Name(refused.refusal()));
  }
  conversations_.Hear(std::move(heard));
}

// --- Without anybody's wish ---

void CitizenRules::Judge(const v1::HoldExpired& expired) {
  Claim& claim = ClaimOf(expired);
  const bool is_over = claim.state == ClaimState::kHeld &&
                       !claim.open.has_value() &&
                       claim.seat == SeatNameOf(expired) &&
                       batch_->now_unix_ms() >= claim.deadline_unix_ms;
  if (!is_over) {
    findings_.Add("{}'s hold ends before its time", expired.citizen_id());
  }
  CheckNobodyConfirmedInTime(expired, claim);
  LoseSeat(claim);
  claim.has_expired = true;
  ++claim.chances_used;
  claim.turn = expired.turn();
  claim.open.emplace().turn = expired.turn();
  Notify(expired, v1::NOTICE_KIND_HOLD_EXPIRED);
}

void CitizenRules::Judge(const v1::HoldGivenBack& back) {
  Claim& claim = ClaimOf(back);
  if (!claim.open.has_value() || claim.open->command_offset.has_value()) {
    findings_.Add("{} gives back a hold that did not end", back.citizen_id());
  }
  claim.open.reset();
  conversations_.Hear(
      {.slot_shard = back.slot_shard(),
       .slot_sequence = back.slot_sequence(),
       .claim = ClaimNameOf(back),
       .answers = {v1::REFUSAL_UNSPECIFIED, v1::REFUSAL_SEAT_GONE},
       .seat = {}});
}

void CitizenRules::Judge(const v1::SeatLost& lost) {
  Claim& claim = ClaimOf(lost);
  const SeatName seat = SeatNameOf(lost);
  if (claim.seat == seat) {
    LoseSeat(claim);
  } else if (claim.open.has_value() && claim.open->to == seat) {
    claim.open->is_new_seat_lost = true;
  } else {
    findings_.Add("{} loses a seat that he does not have", lost.citizen_id());
  }
  if (lost.waits()) claim.waiting = lost.seat_turn();
  conversations_.Tell({.seat = seat,
                       .claim = ClaimNameOf(lost),
                       .states = {SeatState::kWithdrawn},
                       .reason = lost.reason(),
                       .waits = lost.waits()});
  Notify(lost, lost.reason());
}

void CitizenRules::Judge(const v1::Fulfilled& fulfilled) {
  Claim& claim = ClaimOf(fulfilled);
  if (claim.seat != SeatNameOf(fulfilled) ||
      claim.state != ClaimState::kBooked) {
    findings_.Add("{} has had a dose on a seat that is not his",
                  fulfilled.citizen_id());
  }
  claim.state = ClaimState::kFulfilled;
  conversations_.Tell({.seat = claim.seat,
                       .claim = ClaimNameOf(fulfilled),
                       .states = {SeatState::kFulfilled}});
  Notify(fulfilled, v1::NOTICE_KIND_FULFILLED);
}

void CitizenRules::Judge(const v1::Missed& missed) {
  Claim& claim = ClaimOf(missed);
  if (claim.seat == SeatNameOf(missed) && claim.state == ClaimState::kBooked) {
    LoseSeat(claim);
  } else {
    findings_.Add("{} has missed what was not his", missed.citizen_id());
  }
  ++claim.chances_used;
  conversations_.Tell({.seat = SeatNameOf(missed),
                       .claim = ClaimNameOf(missed),
                       .states = {SeatState::kMissed}});
  Notify(missed, v1::NOTICE_KIND_MISSED);
}

void CitizenRules::CheckAtRest() const {
  for (const auto& [name, claim] : claims_) {
    if (claim.parked_offer.has_value()) {
      findings_.Add("{}'s offer in {} is parked for ever", name.first,
                    name.second);
    }
    if (!claim.open.has_value()) continue;
    findings_.Add("{}'s conversation in {} has no end", name.first,
                  name.second);
  }
}

}  // namespace slotlog::oracle
