// What a citizen wishes: one function per command, eligibility first. What
// every command passes before is decide_command.cc; what comes of the
// conversation that it opens is decide_answer.cc.

#include "events/invariant.h"
#include "services/reservation/citizen_command.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/rules.h"
#include "services/reservation/waitlist.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

const Campaign* FindCampaign(const CommandContext& c,
                             const std::string& campaign_id) {
  return c.state.campaigns().Find(RowKey::Of(CampaignId{campaign_id}));
}

// --- The commands, one function each ---

/// Whether the campaign is for this citizen at the moment he asked.
struct Admission {
  /// The refusal, with what was judged; else null, and the campaign is set.
  v1::Event* refused = nullptr;
  const Campaign* campaign = nullptr;
  Judgement judgement = {};

  const CampaignRules& rules() const {
    return campaign->at(judgement.version).rules;
  }
};

/// By what the right to the seat was judged.
template <typename Body>
void RecordAdmission(const CommandContext& c, const Admission& admission,
                     Body& body) {
  RecordJudgement(admission.judgement, *admission.campaign, c.command.profile(),
                  *body.mutable_judged());
}

Admission Admit(const CommandContext& c, const std::string& campaign_id) {
  const Campaign* campaign = FindCampaign(c, campaign_id);
  if (campaign == nullptr) {
    return {.refused = Refuse(c, v1::REFUSAL_CAMPAIGN_UNKNOWN)};
  }
  Admission admission{
      .campaign = campaign,
      .judgement = Judge(*campaign, c.command.profile(), c.input.asked_at)};
  if (admission.judgement.refusal != v1::REFUSAL_UNSPECIFIED) {
    admission.refused = Refuse(c, admission.judgement.refusal);
    RecordAdmission(c, admission,
                    *admission.refused->mutable_command_refused());
  }
  return admission;
}

/// The turn of the conversation that this command opens.
uint32_t NextTurn(const CommandContext& c) {
  return (c.claim == nullptr ? Turn{0} : c.claim->turn).value + 1;
}

template <typename Wish>
bool IsAt(const SeatName& seat, const Wish& wish) {
  return seat.site_id == wish.site_id() && seat.slot_id == wish.slot_id();
}

/// Is the claim free for this seat?
template <typename Wish>
v1::Refusal JudgeClaim(const CommandContext& c, const CampaignRules& rules,
                       const Wish& wish) {
  if (c.claim == nullptr) return v1::REFUSAL_UNSPECIFIED;
  switch (c.claim->state) {
    case ClaimState::kBooked:
      return v1::REFUSAL_ALREADY_BOOKED;
    case ClaimState::kFulfilled:
      return v1::REFUSAL_ALREADY_FULFILLED;
    case ClaimState::kHeld:
      if (rules.second_hold != v1::SECOND_HOLD_REPLACES) {
        return v1::REFUSAL_ALREADY_HELD;
      }
      return IsAt(c.claim->seat, wish) ? v1::REFUSAL_SAME_SLOT
                                       : v1::REFUSAL_UNSPECIFIED;
    case ClaimState::kIdle:
    case ClaimState::kAsked:
    case ClaimState::kMoving:
    case ClaimState::kReleasing:
      break;
  }
  return rules.chances > 0 && c.claim->chances_used >= rules.chances
             ? v1::REFUSAL_NO_CHANCES_LEFT
             : v1::REFUSAL_UNSPECIFIED;
}

v1::MoveAsked& AskToMove(const CommandContext& c, v1::Outcome wanted,
                         v1::Event& event) {
  auto& asked = NameCommand(*event.mutable_move_asked(), c.input, c.command);
  NameWish(asked, c.command);
  asked.set_turn(NextTurn(c));
  asked.set_wanted(wanted);
  NameOldSeat(asked, c.claim->seat);
  return asked;
}

v1::Event* AskForSeat(const CommandContext& c, const Admission& admission,
                      v1::Outcome wanted) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  if (c.claim != nullptr && c.claim->state == ClaimState::kHeld) {
    v1::MoveAsked& asked = AskToMove(c, wanted, *event);
    asked.set_is_counted(admission.campaign->counts_seats);
    RecordAdmission(c, admission, asked);
    return event;
  }
  auto& asked = NameCommand(*event->mutable_seat_asked(), c.input, c.command);
  NameWish(asked, c.command);
  asked.set_turn(NextTurn(c));
  asked.set_hold(wanted == v1::OUTCOME_HELD);
  asked.set_is_counted(admission.campaign->counts_seats);
  RecordAdmission(c, admission, asked);
  return event;
}

v1::Event* DecideBook(const CommandContext& c, const v1::Book& book) {
  const Admission admission = Admit(c, book.campaign_id());
  if (admission.refused != nullptr) return admission.refused;
  const CampaignRules& rules = admission.rules();
  if (auto no = JudgeClaim(c, rules, book)) return Refuse(c, no);

  return AskForSeat(c, admission, v1::OUTCOME_BOOKED);
}

v1::Event* DecideHold(const CommandContext& c, const v1::Hold& hold) {
  const Admission admission = Admit(c, hold.campaign_id());
  if (admission.refused != nullptr) return admission.refused;
  const CampaignRules& rules = admission.rules();
  if (rules.hold == absl::ZeroDuration()) {
    return Refuse(c, v1::REFUSAL_HOLDS_NOT_OFFERED);
  }
  if (auto no = JudgeClaim(c, rules, hold)) return Refuse(c, no);

  return AskForSeat(c, admission, v1::OUTCOME_HELD);
}

v1::Event* DecideConfirm(const CommandContext& c) {
  if (c.claim == nullptr || c.claim->state != ClaimState::kHeld) {
    return Refuse(c, c.claim != nullptr && c.claim->has_expired
                         ? v1::REFUSAL_HOLD_EXPIRED
                         : v1::REFUSAL_NOTHING_TO_CONFIRM);
  }
  // Asked in time is in time, also where an earlier command had to end first.
  if (c.input.asked_at >= c.claim->deadline) {
    return Refuse(c, v1::REFUSAL_HOLD_EXPIRED);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& confirmed =
      NameCommand(*event->mutable_hold_confirmed(), c.input, c.command);
  confirmed.set_campaign_id(c.claim->campaign_id);
  NameSeat(confirmed, c.claim->seat);
  return event;
}

/// The right to a seat was judged when it was booked: whoever has one may move
/// to another one at any time.
v1::Event* DecideReschedule(const CommandContext& c,
                            const v1::Reschedule& reschedule) {
  if (c.claim != nullptr && c.claim->state == ClaimState::kFulfilled) {
    return Refuse(c, v1::REFUSAL_VISIT_BEGAN);
  }
  if (c.claim == nullptr || c.claim->state != ClaimState::kBooked) {
    return Refuse(c, v1::REFUSAL_NOTHING_TO_RESCHEDULE);
  }
  if (IsAt(c.claim->seat, reschedule)) {
    return Refuse(c, v1::REFUSAL_SAME_SLOT);
  }

  const Campaign* campaign = FindCampaign(c, reschedule.campaign_id());
  INVARIANT(campaign != nullptr, "a claim is in a campaign that is not known");

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  v1::MoveAsked& asked = AskToMove(c, v1::OUTCOME_RESCHEDULED, *event);
  asked.set_is_counted(campaign->counts_seats);
  asked.mutable_judged()->set_campaign_version(
      VersionAt(*campaign, c.input.asked_at).value);
  return event;
}

v1::Event* DecideCancel(const CommandContext& c) {
  if (c.claim != nullptr && c.claim->state == ClaimState::kFulfilled) {
    return Refuse(c, v1::REFUSAL_VISIT_BEGAN);
  }
  if (c.claim == nullptr || (c.claim->state != ClaimState::kBooked &&
                             c.claim->state != ClaimState::kHeld)) {
    return Refuse(c, v1::REFUSAL_NOTHING_TO_CANCEL);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& asked =
      NameCommand(*event->mutable_release_asked(), c.input, c.command);
  asked.set_campaign_id(c.claim->campaign_id);
  asked.set_turn(NextTurn(c));
  NameSeat(asked, c.claim->seat);
  return event;
}

/// May the citizen wait in this campaign?
v1::Refusal JudgeWait(const CommandContext& c, const CampaignRules& rules) {
  if (rules.offer == absl::ZeroDuration()) {
    return v1::REFUSAL_WAITLIST_NOT_OFFERED;
  }
  if (c.claim == nullptr) return v1::REFUSAL_UNSPECIFIED;
  if (c.claim->state == ClaimState::kHeld) return v1::REFUSAL_ALREADY_HELD;
  if (c.claim->waiting != Turn{}) return v1::REFUSAL_ALREADY_WAITING;
  return JudgeClaim(c, rules, c.command.join_waitlist());
}

/// Fills what WaitlistAsked and Waiting have in common.
template <typename Body>
Body& NameWait(const CommandContext& c, const Admission& admission,
               Body& body) {
  const v1::JoinWaitlist& join = c.command.join_waitlist();
  NameCommand(body, c.input, c.command);
  NameWish(body, c.command);
  body.set_turn(NextTurn(c));
  body.set_from_unix_ms(join.from_unix_ms());
  body.set_to_unix_ms(join.to_unix_ms());
  body.set_order(
      OrderOfRank(admission.rules().cohorts[admission.judgement.cohort].rank));
  RecordAdmission(c, admission, body);
  return body;
}

/// A region is nobody's to ask: every shard hears of who waits in it.
v1::Event* DecideJoin(const CommandContext& c, const v1::JoinWaitlist& join) {
  const Admission admission = Admit(c, join.campaign_id());
  if (admission.refused != nullptr) return admission.refused;
  const CampaignRules& rules = admission.rules();
  if (auto no = JudgeWait(c, rules)) return Refuse(c, no);

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  if (join.region().empty()) {
    NameWait(c, admission, *event->mutable_waitlist_asked());
  } else {
    NameWait(c, admission, *event->mutable_waiting()).set_region(join.region());
  }
  return event;
}

v1::Event* DecideLeave(const CommandContext& c) {
  if (c.claim == nullptr || c.claim->waiting == Turn{}) {
    return Refuse(c, v1::REFUSAL_NOT_WAITING);
  }
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  NameCommand(*event->mutable_waitlist_left(), c.input, c.command)
      .set_campaign_id(c.claim->campaign_id);
  return event;
}

}  // namespace

v1::Event* DecideAction(const CommandContext& c) {
  switch (c.command.action_case()) {
    case v1::Command::kBook:
      return DecideBook(c, c.command.book());
    case v1::Command::kHold:
      return DecideHold(c, c.command.hold());
    case v1::Command::kConfirm:
      return DecideConfirm(c);
    case v1::Command::kReschedule:
      return DecideReschedule(c, c.command.reschedule());
    case v1::Command::kCancel:
      return DecideCancel(c);
    case v1::Command::kJoinWaitlist:
      return DecideJoin(c, c.command.join_waitlist());
    case v1::Command::kLeaveWaitlist:
      return DecideLeave(c);
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  INVARIANT(false, "a command without an action passed its guards");
  return nullptr;
}

}  // namespace slotlog
