// The part of CitizenRules that knows of waiting: who joins and leaves a
// waitlist, and what becomes of a seat that is offered.

#include <algorithm>
#include <utility>

#include "tests/simulation/oracle/citizen_rules.h"

namespace slotlog::oracle {

/// What the event says of the list is what the command asks for, and the order
/// is that of the cohort by which it was judged.
template <typename Body>
void CitizenRules::CheckJoin(const Body& body, const std::string& region,
                             const Command& command) {
  const auto campaign = campaigns_.find(body.campaign_id());
  if (campaign == campaigns_.end()) return;  // found out already
  const v1::JoinWaitlist& join = command.message.join_waitlist();
  const Judgement judgement = JudgeWish(
      campaign->second, command.message.profile(), command.asked_at_unix_ms);
  const v1::Campaign& rules =
      campaign->second.RulesAt(command.asked_at_unix_ms);
  const auto cohort = static_cast<int>(judgement.judged.cohort());
  const Join right{.site_id = join.site_id(),
                   .slot_id = join.slot_id(),
                   .region = join.region(),
                   .from_unix_ms = join.from_unix_ms(),
                   .to_unix_ms = join.to_unix_ms(),
                   .order = rules.cohorts(cohort).rank() + 1};
  if (JoinOf(body, region) != right ||
      body.judged().SerializeAsString() !=
          judgement.judged.SerializeAsString()) {
    findings_.Add("{} joins otherwise: {{{}}}", body.citizen_id(),
                  body.ShortDebugString());
  }
}

void CitizenRules::Judge(const v1::WaitlistAsked& asked) {
  const Open* open = Ask(asked);
  if (open == nullptr) return;
  if (open->verb != Verb::kJoin) {
    findings_.Add("{} did not want to wait", asked.citizen_id());
  }
  CheckJoin(asked, "", *FindCommand(asked));
}

void CitizenRules::Judge(const v1::Waiting& waiting) {
  const Command* command = FindCommand(waiting);
  if (command == nullptr) return;
  Claim& claim = ClaimOf(waiting);
  if (waiting.region().empty()) {
    Open ended;
    if (!EndOpen(waiting, ended)) return;
    if (ended.verb != Verb::kJoin || ended.turn != waiting.turn() ||
        ended.to.site_id != waiting.site_id() ||
        ended.to.slot_id != waiting.slot_id()) {
      findings_.Add("{} waits otherwise", waiting.citizen_id());
    }
    conversations_.Hear({.slot_shard = waiting.slot_shard(),
                         .slot_sequence = waiting.slot_sequence(),
                         .claim = ClaimNameOf(waiting),
                         .answers = {v1::REFUSAL_UNSPECIFIED},
                         .seat = ended.to});
  } else {
    CheckMay(*command, claim);
    CheckJoin(waiting, waiting.region(), *command);
    if (waiting.turn() <= claim.turn) {
      findings_.Add("{}'s turn {} comes after {}", waiting.citizen_id(),
                    waiting.turn(), claim.turn);
    }
    claim.turn = waiting.turn();
  }
  if (claim.state != ClaimState::kNone || claim.waiting.has_value()) {
    findings_.Add("{} waits, and has a seat or waits already",
                  waiting.citizen_id());
  }
  claim.waiting = waiting.turn();
  v1::Confirmation told = AnswerTo(waiting, v1::OUTCOME_WAITING);
  told.set_slot_shard(waiting.slot_shard());
  told.set_slot_sequence(waiting.slot_sequence());
  Tell(std::move(told));
}

void CitizenRules::Judge(const v1::WaitlistLeft& left) {
  const Command* command = FindCommand(left);
  if (command == nullptr) return;
  Claim& claim = ClaimOf(left);
  CheckMay(*command, claim);
  claim.waiting.reset();
  v1::Confirmation told;
  told.set_topic(v1::TOPIC_COMMANDS);
  told.set_offset(left.command_offset());
  told.set_citizen_id(left.citizen_id());
  told.set_command_id(left.command_id());
  told.set_outcome(v1::OUTCOME_LEFT_WAITLIST);
  told.set_campaign_id(left.campaign_id());
  Tell(std::move(told));
}

// --- Offers ---

/// The offer that this event is about; null, and a finding, if a slot's shard
/// made none such.
template <typename Body>
const Offer* CitizenRules::FindOffer(const Body& body) {
  const auto offer = offers_.find(SeatNameOf(body));
  if (offer != offers_.end() &&
      offer->second.to ==
          Asker{body.citizen_id(), body.campaign_id(), body.seat_turn()}) {
    return &offer->second;
  }
  findings_.Add("{} hears of an offer that was not made: {{{}}}",
                body.citizen_id(), body.ShortDebugString());
  return nullptr;
}

/// It is decided now, for the first time; it is parked no longer.
template <typename Body>
void CitizenRules::DecideOffer(const Body& body, Claim& claim) {
  if (!decided_offers_.insert(SeatNameOf(body)).second) {
    findings_.Add("{}'s offer of seat {} is decided twice", body.citizen_id(),
                  body.seat());
  }
  if (claim.parked_offer == SeatNameOf(body)) claim.parked_offer.reset();
}

/// Does he still want it?
bool CitizenRules::IsWelcome(const Offer& offer, const Claim& claim) {
  return claim.state == ClaimState::kNone &&
         (offer.next_dose_by != v1::NEXT_DOSE_BY_UNSPECIFIED ||
          claim.waiting == std::get<2>(offer.to));
}

/// The campaign may offer nothing any more.
bool CitizenRules::MayHaveEnded(const Offer& offer) const {
  if (offer.next_dose_by == v1::NEXT_DOSE_BY_BOOKED) return false;
  const auto campaign = campaigns_.find(std::get<1>(offer.to));
  if (campaign == campaigns_.end()) return true;
  const auto rules = RulesBetween(campaign->second, earliest_now_unix_ms_,
                                  batch_->now_unix_ms());
  return !std::all_of(rules.begin(), rules.end(), HasOffers);
}

void CitizenRules::Judge(const v1::Offered& offered) {
  const Offer* offer = FindOffer(offered);
  if (offer == nullptr) return;
  Claim& claim = ClaimOf(offered);
  if (claim.open.has_value() || !IsWelcome(*offer, claim)) {
    findings_.Add("{} is given a seat that he does not wait for",
                  offered.citizen_id());
  }
  DecideOffer(offered, claim);
  const bool is_booked = offer->next_dose_by == v1::NEXT_DOSE_BY_BOOKED;
  std::set<int64_t> deadlines;
  const auto campaign = campaigns_.find(offered.campaign_id());
  if (is_booked) {
    deadlines.insert(0);
  } else if (campaign != campaigns_.end()) {
    for (const v1::Campaign* rules : RulesBetween(
             campaign->second, earliest_now_unix_ms_, batch_->now_unix_ms())) {
      if (!HasOffers(rules)) continue;
      deadlines.insert(batch_->decided_at_unix_ms() +
                       int64_t{rules->offer_seconds()} * 1000);
    }
  }
  if (!deadlines.contains(offered.deadline_unix_ms())) {
    findings_.Add("an offer lasts until {}, its full time is {}",
                  offered.deadline_unix_ms(),
                  deadlines.empty() ? 0 : *deadlines.begin());
  }
  TakeSeat(offered, offered.seat_turn(), claim);
  claim.state = is_booked ? ClaimState::kBooked : ClaimState::kHeld;
  if (!is_booked) claim.deadline_unix_ms = offered.deadline_unix_ms();
  Notify(offered,
         is_booked ? v1::NOTICE_KIND_NEXT_DOSE_BOOKED : v1::NOTICE_KIND_OFFERED,
         offered.deadline_unix_ms());
}

void CitizenRules::Judge(const v1::OfferParked& parked) {
  const Offer* offer = FindOffer(parked);
  if (offer == nullptr) return;
  Claim& claim = ClaimOf(parked);
  if (!claim.open.has_value() || claim.parked_offer.has_value() ||
      offer->next_dose_by != parked.next_dose_by()) {
    findings_.Add("{}'s offer waits for nothing", parked.citizen_id());
  }
  claim.parked_offer = SeatNameOf(parked);
}

void CitizenRules::Judge(const v1::OfferDeclined& declined) {
  const Offer* offer = FindOffer(declined);
  if (offer == nullptr) return;
  Claim& claim = ClaimOf(declined);
  const bool has_other = claim.parked_offer.has_value() &&
                         claim.parked_offer != SeatNameOf(declined);
  const bool is_right = claim.open.has_value()
                            ? has_other
                            : !IsWelcome(*offer, claim) || MayHaveEnded(*offer);
  if (!is_right) {
    findings_.Add("{}'s offer is declined, and he waits for it",
                  declined.citizen_id());
  }
  DecideOffer(declined, claim);
}

void CitizenRules::Judge(const v1::OfferWithdrawn& withdrawn) {
  if (FindOffer(withdrawn) == nullptr) return;
  Claim& claim = ClaimOf(withdrawn);
  if (claim.parked_offer != SeatNameOf(withdrawn)) {
    findings_.Add("{}'s offer is taken back and is not there",
                  withdrawn.citizen_id());
  }
  DecideOffer(withdrawn, claim);
  const bool waits =
      withdrawn.seat_turn() != 0 && claim.waiting == withdrawn.seat_turn();
  if (waits != (withdrawn.reason() != v1::NOTICE_KIND_UNSPECIFIED)) {
    findings_.Add("{}'s wait ends with an offer, or does not, unsaid",
                  withdrawn.citizen_id());
  }
  if (!waits) return;
  claim.waiting.reset();
  Notify(withdrawn, withdrawn.reason());
}

}  // namespace slotlog::oracle
