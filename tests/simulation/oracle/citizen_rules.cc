#include "tests/simulation/oracle/citizen_rules.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/oracle/wish.h"

namespace slotlog::oracle {

void CitizenRules::Judge(const v1::EventBatch& batch, const v1::Event& event,
                         int64_t commands_read, int64_t earliest_now_unix_ms) {
  batch_ = &batch;
  event_ = &event;
  commands_read_ = commands_read;
  earliest_now_unix_ms_ = earliest_now_unix_ms;
  if (event.has_command_refused()) return Judge(event.command_refused());
  if (event.has_command_repeated()) return Judge(event.command_repeated());
  if (event.has_command_parked()) return Judge(event.command_parked());
  if (event.has_seat_asked()) return Judge(event.seat_asked());
  if (event.has_move_asked()) return Judge(event.move_asked());
  if (event.has_release_asked()) return Judge(event.release_asked());
  if (event.has_new_seat_taken()) return Judge(event.new_seat_taken());
  if (event.has_new_seat_returned()) return Judge(event.new_seat_returned());
  if (event.has_booked()) return Judge(event.booked());
  if (event.has_held()) return Judge(event.held());
  if (event.has_hold_confirmed()) return Judge(event.hold_confirmed());
  if (event.has_rescheduled()) return Judge(event.rescheduled());
  if (event.has_cancelled()) return Judge(event.cancelled());
  if (event.has_hold_expired()) return Judge(event.hold_expired());
  if (event.has_hold_given_back()) return Judge(event.hold_given_back());
  if (event.has_seat_lost()) return Judge(event.seat_lost());
  if (event.has_fulfilled()) return Judge(event.fulfilled());
  if (event.has_missed()) return Judge(event.missed());
  if (event.has_waitlist_asked()) return Judge(event.waitlist_asked());
  if (event.has_waiting()) return Judge(event.waiting());
  if (event.has_waitlist_left()) return Judge(event.waitlist_left());
  if (event.has_offered()) return Judge(event.offered());
  if (event.has_offer_parked()) return Judge(event.offer_parked());
  if (event.has_offer_declined()) return Judge(event.offer_declined());
  if (event.has_offer_withdrawn()) return Judge(event.offer_withdrawn());
}

// --- Commands and their answers ---

void CitizenRules::Tell(v1::Confirmation told) {
  if (!told.repeated()) {
    ids_.Answer(told.offset(), told.outcome(), told.refusal(),
                event_->sequence());
    if (IsKept(told.refusal())) CheckFirstCome(told.offset());
  }
  answers_.Expect(*batch_, *event_, std::move(told));
}

/// Somebody's commands in a campaign are decided in their order. Only a confirm
/// need not wait for a hold that is over, nor who came in time for one who came
/// too late, where the stamps went back.
void CitizenRules::CheckFirstCome(int64_t offset) {
  const Command& command = record_.commands.at(offset);
  const Wish wish = WishOf(command.message);
  if (wish.verb == Verb::kConfirm) return;
  Claim& claim = claims_[{command.message.citizen_id(), wish.campaign_id}];
  const auto before = record_.commands.find(claim.decided_offset);
  if (offset < claim.decided_offset &&
      before->second.asked_at_unix_ms >= command.asked_at_unix_ms) {
    findings_.Add("{}'s command at {} is decided after that at {}",
                  command.message.citizen_id(), offset, claim.decided_offset);
  }
  claim.decided_offset = std::max(claim.decided_offset, offset);
}

void CitizenRules::Judge(const v1::CommandRepeated& repeated) {
  if (FindCommand(repeated) == nullptr) return;
  ids_.Repeat(repeated.command_offset(), repeated);
  v1::Confirmation told = AnswerTo(repeated, repeated.outcome());
  told.set_refusal(repeated.refusal());
  told.set_repeated(true);
  Tell(std::move(told));
}

/// It waits for the end of a conversation, or of a hold that is over.
void CitizenRules::Judge(const v1::CommandParked& parked) {
  const std::string& citizen_id = parked.command().citizen_id();
  const Claim& claim =
      claims_[{citizen_id, WishOf(parked.command()).campaign_id}];
  const bool is_over = claim.state == ClaimState::kHeld &&
                       batch_->now_unix_ms() >= claim.deadline_unix_ms;
  if (claim.open.has_value() || is_over) return;
  findings_.Add("a command of {} waits for nothing", citizen_id);
}

void CitizenRules::Judge(const v1::CommandRefused& refused) {
  const Command* command = FindCommand(refused);
  if (command == nullptr) return;
  Claim& claim =
      claims_[{refused.citizen_id(), WishOf(command->message).campaign_id}];
  v1::Confirmation told = AnswerTo(refused, v1::OUTCOME_REFUSED);
  told.set_refusal(refused.refusal());
  told.set_field(refused.field());
  told.set_slot_shard(refused.slot_shard());
  told.set_slot_sequence(refused.slot_sequence());
  if (claim.open.has_value() &&
      claim.open->command_offset == refused.command_offset()) {
    EndRefused(refused, claim);
  } else if (!IsRight(refused.refusal(), *command, claim) ||
             !IsRightlyJudged(refused, *command)) {
    findings_.Add("{}'s {} at {} is refused by {}, which is not so",
                  refused.citizen_id(), refused.command_id(),
                  refused.command_offset(),
                  v1::Refusal_Name(refused.refusal()));
  }
  Tell(std::move(told));
}

// --- What is asked of a slot ---

/// By what the wish was judged, as the event says it.
template <typename Body>
void CitizenRules::CheckJudged(const Body& asked, const Open& open,
                               const Command& command) {
  const auto campaign = campaigns_.find(asked.campaign_id());
  if (campaign == campaigns_.end()) return;  // found out already
  v1::Judged right;
  if (open.verb == Verb::kReschedule) {
    right.set_campaign_version(
        campaign->second.VersionAt(command.asked_at_unix_ms));
  } else {
    right = JudgeWish(campaign->second, command.message.profile(),
                      command.asked_at_unix_ms)
                .judged;
  }
  if (asked.judged().SerializeAsString() != right.SerializeAsString()) {
    findings_.Add("{} is judged by {{{}}}, and not by {{{}}}",
                  asked.citizen_id(), asked.judged().ShortDebugString(),
                  right.ShortDebugString());
  }
  if (asked.is_counted() != campaign->second.CountsSeats()) {
    findings_.Add("{}'s seat is counted otherwise", asked.citizen_id());
  }
}

void CitizenRules::Judge(const v1::SeatAsked& asked) {
  if (ClaimOf(asked).state != ClaimState::kNone) {
    findings_.Add("{} has a claim already", asked.citizen_id());
  }
  Open* open = Ask(asked);
  if (open == nullptr) return;
  const Verb verb = asked.hold() ? Verb::kHold : Verb::kBook;
  if (open->verb != verb) findings_.Add("a seat is asked for otherwise");
  open->version = asked.judged().campaign_version();
  CheckJudged(asked, *open, *FindCommand(asked));
}

void CitizenRules::Judge(const v1::MoveAsked& asked) {
  const Claim& claim = ClaimOf(asked);
  const bool is_from_seat =
      claim.seat == SeatName{.site_id = asked.from_site_id(),
                             .slot_id = asked.from_slot_id(),
                             .number = asked.from_seat()};
  if (!is_from_seat || (claim.state != ClaimState::kHeld &&
                        claim.state != ClaimState::kBooked)) {
    findings_.Add("{} moves from a seat that is not his", asked.citizen_id());
  }
  Open* open = Ask(asked);
  if (open == nullptr) return;
  open->is_move = true;
  open->from = claim.seat;
  open->version = asked.judged().campaign_version();
  CheckJudged(asked, *open, *FindCommand(asked));
}

void CitizenRules::Judge(const v1::ReleaseAsked& asked) {
  const Claim& claim = ClaimOf(asked);
  if (claim.seat != SeatNameOf(asked)) {
    findings_.Add("{} gives back a seat that is not his", asked.citizen_id());
  }
  Ask(asked);
}

void CitizenRules::Judge(const v1::NewSeatTaken& taken) {
  Claim& claim = ClaimOf(taken);
  if (!claim.open.has_value() || !claim.open->is_move) {
    return findings_.Add("a new seat for {}, who does not move",
                         taken.citizen_id());
  }
  claim.open->to = SeatNameOf(taken);
  claim.turn = taken.turn();
}

void CitizenRules::Judge(const v1::NewSeatReturned& returned) {
  Claim& claim = ClaimOf(returned);
  if (!claim.open.has_value() || claim.open->to != SeatNameOf(returned)) {
    findings_.Add("{} returns a seat that is not his", returned.citizen_id());
  }
  claim.turn = returned.turn();
}

// --- What comes of it ---

/// A hold lasts its full time from when the citizen could know of it, by the
/// rules that he was judged by.
void CitizenRules::CheckDeadline(const std::string& campaign_id,
                                 const Open& ended, int64_t deadline_unix_ms) {
  const auto campaign = campaigns_.find(campaign_id);
  if (campaign == campaigns_.end()) return;
  const v1::Campaign& rules =
      campaign->second.versions[ended.version - 1].rules;
  const int64_t full =
      batch_->decided_at_unix_ms() + int64_t{rules.hold_seconds()} * 1000;
  if (deadline_unix_ms != full) {
    findings_.Add("a hold lasts until {}, its full time is {}",
                  deadline_unix_ms, full);
  }
}

void CitizenRules::Judge(const v1::Booked& booked) {
  Open ended;
  if (!EndOpen(booked, ended)) return;
  Claim& claim = ClaimOf(booked);
  const bool is_it = ended.verb == Verb::kBook && !ended.is_move &&
                     ended.to.site_id == booked.site_id() &&
                     ended.to.slot_id == booked.slot_id();
  if (!is_it) findings_.Add("{} is booked otherwise", booked.citizen_id());
  TakeSeat(booked, booked.turn(), claim);
  claim.state = ClaimState::kBooked;
  conversations_.Hear({.slot_shard = booked.slot_shard(),
                       .slot_sequence = booked.slot_sequence(),
                       .claim = ClaimNameOf(booked),
                       .answers = {v1::REFUSAL_UNSPECIFIED},
                       .seat = SeatNameOf(booked)});
  v1::Confirmation told = AnswerTo(booked, v1::OUTCOME_BOOKED);
  told.set_seat(booked.seat());
  told.set_slot_shard(booked.slot_shard());
  told.set_slot_sequence(booked.slot_sequence());
  Tell(std::move(told));
}

void CitizenRules::Judge(const v1::Held& held) {
  Open ended;
  if (!EndOpen(held, ended)) return;
  Claim& claim = ClaimOf(held);
  const bool is_it = ended.verb == Verb::kHold && !ended.is_move &&
                     ended.to.site_id == held.site_id() &&
                     ended.to.slot_id == held.slot_id();
  if (!is_it) findings_.Add("{} holds otherwise", held.citizen_id());
  CheckDeadline(held.campaign_id(), ended, held.deadline_unix_ms());
  TakeSeat(held, held.turn(), claim);
  claim.state = ClaimState::kHeld;
  claim.deadline_unix_ms = held.deadline_unix_ms();
  conversations_.Hear({.slot_shard = held.slot_shard(),
                       .slot_sequence = held.slot_sequence(),
                       .claim = ClaimNameOf(held),
                       .answers = {v1::REFUSAL_UNSPECIFIED},
                       .seat = SeatNameOf(held)});
  v1::Confirmation told = AnswerTo(held, v1::OUTCOME_HELD);
  told.set_seat(held.seat());
  told.set_deadline_unix_ms(held.deadline_unix_ms());
  told.set_slot_shard(held.slot_shard());
  told.set_slot_sequence(held.slot_sequence());
  Tell(std::move(told));
}

}  // namespace slotlog::oracle
