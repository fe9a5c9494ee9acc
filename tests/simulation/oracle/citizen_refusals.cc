// The half of CitizenRules that knows the reasons to say no. Whoever is told a
// reason must have met it, and whoever is let on must have met none.

#include <algorithm>

#include "events/partitioner.h"
#include "tests/simulation/oracle/citizen_rules.h"
#include "tests/simulation/oracle/faults.h"

namespace slotlog::oracle {
namespace {

/// With so many commands waiting, a further one may be told BUSY.
constexpr int kBusy = 4;

constexpr v1::Refusal kOfTheClaim[] = {
    v1::REFUSAL_CAMPAIGN_UNKNOWN,
    v1::REFUSAL_NOT_ELIGIBLE,
    v1::REFUSAL_WRONG_REGION,
    v1::REFUSAL_NOT_ON_LIST,
    v1::REFUSAL_WRONG_DOSE,
    v1::REFUSAL_TOO_SOON_AFTER_LAST_DOSE,
    v1::REFUSAL_WINDOW_NOT_OPEN,
    v1::REFUSAL_WINDOW_OVER,
    v1::REFUSAL_NOT_YOUR_DAY,
    v1::REFUSAL_ALREADY_BOOKED,
    v1::REFUSAL_NOTHING_TO_CANCEL,
    v1::REFUSAL_ALREADY_HELD,
    v1::REFUSAL_NOTHING_TO_CONFIRM,
    v1::REFUSAL_HOLD_EXPIRED,
    v1::REFUSAL_HOLDS_NOT_OFFERED,
    v1::REFUSAL_NO_CHANCES_LEFT,
    v1::REFUSAL_NOTHING_TO_RESCHEDULE,
    v1::REFUSAL_SAME_SLOT,
    v1::REFUSAL_VISIT_BEGAN,
    v1::REFUSAL_ALREADY_FULFILLED,
    v1::REFUSAL_WAITLIST_NOT_OFFERED,
    v1::REFUSAL_ALREADY_WAITING,
    v1::REFUSAL_NOT_WAITING,
};

bool IsAtHome(const v1::Command& command, const ShardRecord& record) {
  return ShardOf(command.citizen_id(), record.shards) == record.shard;
}

bool IsAt(const SeatName& seat, const Wish& wish) {
  return seat.site_id == wish.site_id && seat.slot_id == wish.slot_id;
}

}  // namespace

/// Somebody who asks for a seat.
bool CitizenRules::IsRightForSeat(v1::Refusal refusal, const Command& command,
                                  const Claim& claim) const {
  const Wish wish = WishOf(command.message);
  const auto known = campaigns_.find(wish.campaign_id);
  if (refusal == v1::REFUSAL_CAMPAIGN_UNKNOWN) {
    return known == campaigns_.end();
  }
  if (known == campaigns_.end()) return false;
  const Judgement judgement = JudgeWish(
      known->second, command.message.profile(), command.asked_at_unix_ms);
  if (judgement.refusal == refusal) return true;
  const v1::Campaign& campaign =
      known->second.RulesAt(command.asked_at_unix_ms);
  switch (refusal) {
    case v1::REFUSAL_HOLDS_NOT_OFFERED:
      return wish.verb == Verb::kHold && campaign.hold_seconds() == 0;
    case v1::REFUSAL_ALREADY_BOOKED:
      return claim.state == ClaimState::kBooked;
    case v1::REFUSAL_ALREADY_FULFILLED:
      return claim.state == ClaimState::kFulfilled;
    case v1::REFUSAL_WAITLIST_NOT_OFFERED:
      return wish.verb == Verb::kJoin && campaign.offer_seconds() == 0;
    case v1::REFUSAL_ALREADY_WAITING:
      return wish.verb == Verb::kJoin && claim.waiting.has_value();
    case v1::REFUSAL_ALREADY_HELD:
      if (wish.verb == Verb::kJoin) return claim.state == ClaimState::kHeld;
      return claim.state == ClaimState::kHeld &&
             campaign.second_hold() != v1::SECOND_HOLD_REPLACES;
    case v1::REFUSAL_SAME_SLOT:
      return wish.verb != Verb::kJoin && claim.state == ClaimState::kHeld &&
             IsAt(claim.seat, wish);
    case v1::REFUSAL_NO_CHANCES_LEFT:
      return claim.state == ClaimState::kNone && campaign.chances() > 0 &&
             claim.chances_used >= campaign.chances();
    default:
      return false;
  }
}

bool CitizenRules::IsRight(v1::Refusal refusal, const Command& command,
                           const Claim& claim) const {
  if (IsFault(refusal)) return FaultsOf(command.message).contains(refusal);
  const bool is_at_home = IsAtHome(command.message, record_);
  if (refusal == v1::REFUSAL_WRONG_PARTITION) return !is_at_home;
  // CommandIds judges it.
  if (refusal == v1::REFUSAL_COMMAND_ID_REUSED) return is_at_home;
  if (refusal == v1::REFUSAL_BUSY) return IsBusy(command);
  // It should have waited.
  if (claim.open.has_value()) return false;
  const Wish wish = WishOf(command.message);
  switch (wish.verb) {
    case Verb::kBook:
    case Verb::kHold:
    case Verb::kJoin:
      return IsRightForSeat(refusal, command, claim);
    case Verb::kConfirm: {
      const bool could_confirm =
          claim.state == ClaimState::kHeld ||
          (claim.state == ClaimState::kNone && claim.has_expired);
      if (refusal == v1::REFUSAL_NOTHING_TO_CONFIRM) return !could_confirm;
      return refusal == v1::REFUSAL_HOLD_EXPIRED && could_confirm &&
             command.asked_at_unix_ms >= claim.deadline_unix_ms;
    }
    case Verb::kCancel:
      if (refusal == v1::REFUSAL_NOTHING_TO_CANCEL) {
        return claim.state == ClaimState::kNone;
      }
      return refusal == v1::REFUSAL_VISIT_BEGAN &&
             claim.state == ClaimState::kFulfilled;
    case Verb::kReschedule:
      if (refusal == v1::REFUSAL_NOTHING_TO_RESCHEDULE) {
        return claim.state == ClaimState::kNone ||
               claim.state == ClaimState::kHeld;
      }
      if (refusal == v1::REFUSAL_SAME_SLOT) {
        return claim.state == ClaimState::kBooked && IsAt(claim.seat, wish);
      }
      return refusal == v1::REFUSAL_VISIT_BEGAN &&
             claim.state == ClaimState::kFulfilled;
    case Verb::kLeave:
      return refusal == v1::REFUSAL_NOT_WAITING && !claim.waiting.has_value();
    case Verb::kNone:
    case Verb::kTick:
      break;
  }
  return false;
}

/// Whom the campaign says no to is told by which of its rules, and nobody else.
bool CitizenRules::IsRightlyJudged(const v1::CommandRefused& refused,
                                   const Command& command) const {
  v1::Judged right;
  const Wish wish = WishOf(command.message);
  const auto campaign = campaigns_.find(wish.campaign_id);
  if (campaign != campaigns_.end() &&
      (wish.verb == Verb::kBook || wish.verb == Verb::kHold ||
       wish.verb == Verb::kJoin)) {
    const Judgement judgement = JudgeWish(
        campaign->second, command.message.profile(), command.asked_at_unix_ms);
    if (judgement.refusal == refused.refusal()) right = judgement.judged;
  }
  return refused.judged().SerializeAsString() == right.SerializeAsString();
}

void CitizenRules::CheckMay(const Command& command, const Claim& claim) {
  const std::string& citizen_id = command.message.citizen_id();
  if (!FaultsOf(command.message).empty()) {
    findings_.Add("{} is let on with nonsense", citizen_id);
  }
  if (!IsAtHome(command.message, record_)) {
    findings_.Add("{} is let on far from home", citizen_id);
  }
  if (claim.open.has_value()) {
    findings_.Add("{} has two conversations at once", citizen_id);
  }
  for (const v1::Refusal refusal : kOfTheClaim) {
    if (!IsRight(refusal, command, claim)) continue;
    findings_.Add("{} is let on in spite of {}", citizen_id,
                  v1::Refusal_Name(refusal));
  }
}

/// His commands in this campaign that were read before and are undecided.
bool CitizenRules::IsBusy(const Command& refused) const {
  const auto& all = record_.commands;
  return kBusy <= std::count_if(all.begin(), all.end(), [&](const auto& one) {
           const auto& [offset, command] = one;
           return &command != &refused && offset < commands_read_ &&
                  command.is_readable &&
                  command.message.citizen_id() ==
                      refused.message.citizen_id() &&
                  WishOf(command.message).campaign_id ==
                      WishOf(refused.message).campaign_id &&
                  FaultsOf(command.message).empty() &&
                  !answers_.IsAnswered(v1::TOPIC_COMMANDS, offset);
         });
}

/// Who confirmed in time is booked: however long his command waits.
void CitizenRules::CheckNobodyConfirmedInTime(const v1::HoldExpired& expired,
                                              const Claim& claim) {
  for (const auto& [offset, command] : record_.commands) {
    if (offset >= commands_read_) return;
    const Wish wish = WishOf(command.message);
    const bool is_in_time =
        command.is_readable && wish.verb == Verb::kConfirm &&
        wish.campaign_id == expired.campaign_id() &&
        command.message.citizen_id() == expired.citizen_id() &&
        command.asked_at_unix_ms < claim.deadline_unix_ms &&
        IsAtHome(command.message, record_) &&
        FaultsOf(command.message).empty() &&
        !answers_.IsAnswered(v1::TOPIC_COMMANDS, offset);
    if (!is_in_time) continue;
    findings_.Add("{}'s hold ends, and his confirm at {} was in time",
                  expired.citizen_id(), offset);
  }
}

}  // namespace slotlog::oracle
