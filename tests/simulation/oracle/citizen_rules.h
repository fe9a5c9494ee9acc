// What a citizen may be told: yes only to what he asked for and may have, no
// only for a reason that is true, and of his seats what is so. Each event of
// his shard is judged against what he was told before it.

#pragma once

#include <set>
#include <string>
#include <utility>

#include "tests/simulation/oracle/answers.h"
#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/claims.h"
#include "tests/simulation/oracle/command_ids.h"
#include "tests/simulation/oracle/conversations.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"
#include "tests/simulation/oracle/waiting.h"

namespace slotlog::oracle {

class CitizenRules {
 public:
  CitizenRules(const ShardRecord& record, const Campaigns& campaigns,
               const Offers& offers, Answers& answers,
               Conversations& conversations, Findings& findings)
      : record_(record),
        campaigns_(campaigns),
        offers_(offers),
        answers_(answers),
        conversations_(conversations),
        findings_(findings),
        ids_(record, answers, findings) {}

  /// `commands_read`: the offset behind the batch's last command. The line's
  /// time is between `earliest_now_unix_ms` and the batch's.
  void Judge(const v1::EventBatch& batch, const v1::Event& event,
             int64_t commands_read, int64_t earliest_now_unix_ms);

  void CheckAtRest() const;
  const Claims& claims() const { return claims_; }
  /// The seats of offers that were taken, declined or withdrawn.
  const std::set<SeatName>& decided_offers() const { return decided_offers_; }

 private:
  using Command = Asked<v1::Command>;

  void Judge(const v1::CommandRefused& refused);
  void Judge(const v1::CommandRepeated& repeated);
  void Judge(const v1::CommandParked& parked);
  void Judge(const v1::SeatAsked& asked);
  void Judge(const v1::MoveAsked& asked);
  void Judge(const v1::ReleaseAsked& asked);
  void Judge(const v1::NewSeatTaken& taken);
  void Judge(const v1::NewSeatReturned& returned);
  void Judge(const v1::Booked& booked);
  void Judge(const v1::Held& held);
  void Judge(const v1::HoldConfirmed& confirmed);
  void Judge(const v1::Rescheduled& moved);
  void Judge(const v1::Cancelled& cancelled);
  void Judge(const v1::HoldExpired& expired);
  void Judge(const v1::HoldGivenBack& back);
  void Judge(const v1::SeatLost& lost);
  void Judge(const v1::Fulfilled& fulfilled);
  void Judge(const v1::Missed& missed);
  void Judge(const v1::WaitlistAsked& asked);
  void Judge(const v1::Waiting& waiting);
  void Judge(const v1::WaitlistLeft& left);
  void Judge(const v1::Offered& offered);
  void Judge(const v1::OfferParked& parked);
  void Judge(const v1::OfferDeclined& declined);
  void Judge(const v1::OfferWithdrawn& withdrawn);

  template <typename Body>
  Claim& ClaimOf(const Body& body) {
    return claims_[{body.citizen_id(), body.campaign_id()}];
  }
  /// The command that an event names; null, and a finding, if it is not that.
  template <typename Body>
  const Command* FindCommand(const Body& body);
  /// An answer that says what the event says.
  template <typename Body>
  v1::Confirmation AnswerTo(const Body& body, v1::Outcome outcome);
  void Tell(v1::Confirmation told);
  void CheckFirstCome(int64_t offset);
  template <typename Body>
  void Notify(const Body& body, v1::NoticeKind kind,
              int64_t deadline_unix_ms = 0);

  /// Opens a conversation for a command that may have one.
  template <typename Body>
  Open* Ask(const Body& asked);
  /// The open conversation that this event ends; null: a finding.
  template <typename Body>
  bool EndOpen(const Body& body, Open& ended);
  template <typename Body>
  void TakeSeat(const Body& body, uint32_t turn, Claim& claim);
  template <typename Body>
  void CheckJudged(const Body& asked, const Open& open, const Command& command);
  void CheckDeadline(const std::string& campaign_id, const Open& ended,
                     int64_t deadline_unix_ms);

  template <typename Body>
  void CheckJoin(const Body& body, const std::string& region,
                 const Command& command);
  template <typename Body>
  const Offer* FindOffer(const Body& body);
  template <typename Body>
  void DecideOffer(const Body& body, Claim& claim);
  static bool IsWelcome(const Offer& offer, const Claim& claim);
  bool MayHaveEnded(const Offer& offer) const;

  bool IsRight(v1::Refusal refusal, const Command& command,
               const Claim& claim) const;
  bool IsRightForSeat(v1::Refusal refusal, const Command& command,
                      const Claim& claim) const;
  bool IsRightlyJudged(const v1::CommandRefused& refused,
                       const Command& command) const;
  void CheckMay(const Command& command, const Claim& claim);
  bool IsBusy(const Command& refused) const;
  void CheckNobodyConfirmedInTime(const v1::HoldExpired& expired,
                                  const Claim& claim);
  void EndRefused(const v1::CommandRefused& refused, Claim& claim);

  const ShardRecord& record_;
  const Campaigns& campaigns_;
  const Offers& offers_;
  Answers& answers_;
  Conversations& conversations_;
  Findings& findings_;
  CommandIds ids_;
  Claims claims_;
  std::set<SeatName> decided_offers_;
  /// What is being judged.
  const v1::EventBatch* batch_ = nullptr;
  const v1::Event* event_ = nullptr;
  int64_t commands_read_ = 0;
  int64_t earliest_now_unix_ms_ = 0;
};

// --- What all kinds of events share ---

template <typename Body>
const CitizenRules::Command* CitizenRules::FindCommand(const Body& body) {
  const auto command = record_.commands.find(body.command_offset());
  const bool is_it =
      command != record_.commands.end() && command->second.is_readable &&
      command->second.message.citizen_id() == body.citizen_id() &&
      command->second.message.command_id() == body.command_id();
  if (!is_it) {
    findings_.Add("command {} is not {}'s {}", body.command_offset(),
                  body.citizen_id(), body.command_id());
    return nullptr;
  }
  if (command->second.asked_at_unix_ms != event_->asked_at_unix_ms()) {
    findings_.Add("{}'s {} was asked at {} and not at {}", body.citizen_id(),
                  body.command_id(), command->second.asked_at_unix_ms,
                  event_->asked_at_unix_ms());
  }
  return &command->second;
}

template <typename Body>
v1::Confirmation CitizenRules::AnswerTo(const Body& body, v1::Outcome outcome) {
  v1::Confirmation told;
  told.set_topic(v1::TOPIC_COMMANDS);
  told.set_offset(body.command_offset());
  told.set_citizen_id(body.citizen_id());
  told.set_command_id(body.command_id());
  told.set_outcome(outcome);
  told.set_campaign_id(body.campaign_id());
  told.set_site_id(body.site_id());
  told.set_slot_id(body.slot_id());
  return told;
}

template <typename Body>
void CitizenRules::Notify(const Body& body, v1::NoticeKind kind,
                          int64_t deadline_unix_ms) {
  v1::Notice notice;
  notice.set_citizen_id(body.citizen_id());
  notice.set_campaign_id(body.campaign_id());
  notice.set_kind(kind);
  notice.set_cause_shard(record_.shard.value);
  notice.set_cause_sequence(event_->sequence());
  notice.set_site_id(body.site_id());
  notice.set_slot_id(body.slot_id());
  notice.set_seat(body.seat());
  notice.set_deadline_unix_ms(deadline_unix_ms);
  answers_.Expect(std::move(notice));
}

template <typename Body>
bool CitizenRules::EndOpen(const Body& body, Open& ended) {
  Claim& claim = ClaimOf(body);
  if (FindCommand(body) == nullptr) return false;
  if (!claim.open.has_value() ||
      claim.open->command_offset != body.command_offset()) {
    findings_.Add("{}'s {} is answered out of its turn", body.citizen_id(),
                  body.command_id());
    return false;
  }
  ended = *std::exchange(claim.open, std::nullopt);
  return true;
}

template <typename Body>
Open* CitizenRules::Ask(const Body& asked) {
  const Command* command = FindCommand(asked);
  if (command == nullptr) return nullptr;
  Claim& claim = ClaimOf(asked);
  CheckMay(*command, claim);
  if (asked.turn() <= claim.turn) {
    findings_.Add("{}'s turn {} comes after {}", asked.citizen_id(),
                  asked.turn(), claim.turn);
  }
  claim.turn = asked.turn();
  Open& open = claim.open.emplace();
  open.command_offset = asked.command_offset();
  open.verb = WishOf(command->message).verb;
  open.turn = asked.turn();
  open.to = {
      .site_id = asked.site_id(), .slot_id = asked.slot_id(), .number = 0};
  return &open;
}

template <typename Body>
void CitizenRules::TakeSeat(const Body& body, uint32_t turn, Claim& claim) {
  claim.seat = SeatNameOf(body);
  claim.seat_turn = turn;
  claim.has_expired = false;
  claim.waiting.reset();
}

}  // namespace slotlog::oracle
