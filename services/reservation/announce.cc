// What callers are told: one confirmation for each command and operation, and
// notices. What other shards are told is announce_shards.cc.

#include "services/reservation/announce.h"

#include "events/invariant.h"
#include "services/reservation/announce_shards.h"

namespace slotlog {
namespace {

class CallerAnnouncer {
 public:
  CallerAnnouncer(const v1::Event& event, Shard shard, ShardCount shards,
                  Outbox& outbox)
      : event_(event),
        shard_(shard),
        has_other_shards_(shards.value > 1),
        outbox_(outbox) {}

  void Announce() {
    switch (event_.body_case()) {
      case v1::Event::kSiteDefined:
        return ConfirmDone(event_.site_defined());
      case v1::Event::kSlotsOpened:
        return ConfirmDone(event_.slots_opened());
      case v1::Event::kCapacityChanged:
        return ConfirmDone(event_.capacity_changed());
      case v1::Event::kSlotClosed:
        return ConfirmDone(event_.slot_closed());
      case v1::Event::kSiteClosed:
        return ConfirmDone(event_.site_closed());
      case v1::Event::kSeatCheckedIn:
        return ConfirmDone(event_.seat_checked_in());
      case v1::Event::kDoseGiven:
        return ConfirmDone(event_.dose_given());
      case v1::Event::kOperationRepeated:
        return ConfirmDone(event_.operation_repeated());
      case v1::Event::kOperationRefused:
        return Tell(event_.operation_refused());
      case v1::Event::kCampaignDefined:
        return ConfirmVersion(event_.campaign_defined());
      case v1::Event::kCampaignChanged:
        return ConfirmVersion(event_.campaign_changed());
      case v1::Event::kCampaignAcknowledged:
        return Tell(event_.campaign_acknowledged());
      case v1::Event::kCommandRefused:
        return Tell(event_.command_refused());
      case v1::Event::kCommandRepeated:
        return Tell(event_.command_repeated());
      case v1::Event::kBooked:
        return Tell(event_.booked());
      case v1::Event::kHeld:
        return Tell(event_.held());
      case v1::Event::kHoldConfirmed:
        return Tell(event_.hold_confirmed());
      case v1::Event::kRescheduled:
        return Tell(event_.rescheduled());
      case v1::Event::kCancelled:
        return Tell(event_.cancelled());
      case v1::Event::kHoldExpired:
        return Notify(event_.hold_expired(), v1::NOTICE_KIND_HOLD_EXPIRED);
      case v1::Event::kSeatLost:
        return Notify(event_.seat_lost(), event_.seat_lost().reason());
      case v1::Event::kFulfilled:
        return Notify(event_.fulfilled(), v1::NOTICE_KIND_FULFILLED);
      case v1::Event::kMissed:
        return Notify(event_.missed(), v1::NOTICE_KIND_MISSED);
      case v1::Event::kWaiting:
        return Tell(event_.waiting());
      case v1::Event::kWaitlistLeft:
        return Tell(event_.waitlist_left());
      case v1::Event::kOffered:
        return Tell(event_.offered());
      case v1::Event::kOfferWithdrawn:
        return Tell(event_.offer_withdrawn());
      case v1::Event::kInputDeadLettered:
      case v1::Event::kCommandParked:
      case v1::Event::kCampaignAdopted:
      case v1::Event::kSeatAsked:
      case v1::Event::kMoveAsked:
      case v1::Event::kNewSeatTaken:
      case v1::Event::kNewSeatReturned:
      case v1::Event::kReleaseAsked:
      case v1::Event::kHoldGivenBack:
      case v1::Event::kHoldDeferred:
      case v1::Event::kSeatTaken:
      case v1::Event::kSeatRefused:
      case v1::Event::kSeatReleased:
      case v1::Event::kSeatConfirmed:
      case v1::Event::kReleaseRefused:
      case v1::Event::kSeatMoved:
      case v1::Event::kSeatsSwapped:
      case v1::Event::kMoveDelayed:
      case v1::Event::kSeatWithdrawn:
      case v1::Event::kSeatMissed:
      case v1::Event::kSlotEnded:
      case v1::Event::kAgendaPassed:
      case v1::Event::kWavePassed:
      case v1::Event::kWaitlistAsked:
      case v1::Event::kOfferParked:
      case v1::Event::kOfferDeclined:
      case v1::Event::kWaitlistJoined:
      case v1::Event::kSeatOffered:
      case v1::Event::kSearchPassed:
        return;  // no caller is told
      case v1::Event::BODY_NOT_SET:
        break;
    }
    INVARIANT(false, "an event without a body was decided");
  }

 private:
  v1::Confirmation& NewConfirmation(v1::Topic topic, int64_t offset) {
    v1::Confirmation& confirmation = outbox_.NewConfirmation();
    confirmation.set_topic(topic);
    confirmation.set_offset(offset);
    confirmation.set_citizen_sequence(event_.sequence());
    confirmation.set_asked_at_unix_ms(event_.asked_at_unix_ms());
    return confirmation;
  }

  template <typename Body>
  v1::Confirmation& AnswerCommand(const Body& body, v1::Outcome outcome) {
    v1::Confirmation& answer =
        NewConfirmation(v1::TOPIC_COMMANDS, body.command_offset());
    answer.set_citizen_id(body.citizen_id());
    answer.set_command_id(body.command_id());
    answer.set_outcome(outcome);
    answer.set_campaign_id(body.campaign_id());
    answer.set_site_id(body.site_id());
    answer.set_slot_id(body.slot_id());
    return answer;
  }

  /// The end of a conversation with a slot's shard.
  template <typename Body>
  v1::Confirmation& AnswerEnd(const Body& body, v1::Outcome outcome) {
    v1::Confirmation& answer = AnswerCommand(body, outcome);
    answer.set_slot_shard(body.slot_shard());
    answer.set_slot_sequence(body.slot_sequence());
    return answer;
  }

  void Tell(const v1::Booked& booked) {
    AnswerEnd(booked, v1::OUTCOME_BOOKED).set_seat(booked.seat());
    outbox_.Confirm(booked.citizen_id());
  }

  void Tell(const v1::Held& held) {
    v1::Confirmation& answer = AnswerEnd(held, v1::OUTCOME_HELD);
    answer.set_seat(held.seat());
    answer.set_deadline_unix_ms(held.deadline_unix_ms());
    outbox_.Confirm(held.citizen_id());
  }

  void Tell(const v1::Cancelled& cancelled) {
    AnswerEnd(cancelled, v1::OUTCOME_CANCELLED);
    outbox_.Confirm(cancelled.citizen_id());
  }

  void Tell(const v1::HoldConfirmed& confirmed) {
    AnswerCommand(confirmed, v1::OUTCOME_BOOKED).set_seat(confirmed.seat());
    outbox_.Confirm(confirmed.citizen_id());
  }

  void Tell(const v1::Rescheduled& moved) {
    v1::Confirmation& answer = AnswerEnd(moved, moved.outcome());
    answer.set_seat(moved.seat());
    answer.set_deadline_unix_ms(moved.deadline_unix_ms());
    outbox_.Confirm(moved.citizen_id());
  }

  void Tell(const v1::Waiting& waiting) {
    AnswerEnd(waiting, v1::OUTCOME_WAITING);
    outbox_.Confirm(waiting.citizen_id());
  }

  void Tell(const v1::WaitlistLeft& left) {
    v1::Confirmation& answer =
        NewConfirmation(v1::TOPIC_COMMANDS, left.command_offset());
    answer.set_citizen_id(left.citizen_id());
    answer.set_command_id(left.command_id());
    answer.set_outcome(v1::OUTCOME_LEFT_WAITLIST);
    answer.set_campaign_id(left.campaign_id());
    outbox_.Confirm(left.citizen_id());
  }

  void Tell(const v1::OfferWithdrawn& withdrawn) {
    if (withdrawn.reason() == v1::NOTICE_KIND_UNSPECIFIED) return;
    Notify(withdrawn, withdrawn.reason());
  }

  void Tell(const v1::Offered& offered) {
    if (offered.deadline_unix_ms() == 0) {
      return Notify(offered, v1::NOTICE_KIND_NEXT_DOSE_BOOKED);
    }
    Notify(offered, v1::NOTICE_KIND_OFFERED, offered.deadline_unix_ms());
  }

  template <typename Body>
  void Notify(const Body& body, v1::NoticeKind kind,
              int64_t deadline_unix_ms = 0) {
    v1::Notice& notice = outbox_.NewNotice();
    notice.set_kind(kind);
    notice.set_citizen_id(body.citizen_id());
    notice.set_campaign_id(body.campaign_id());
    notice.set_cause_shard(shard_.value);
    notice.set_cause_sequence(event_.sequence());
    notice.set_site_id(body.site_id());
    notice.set_slot_id(body.slot_id());
    notice.set_seat(body.seat());
    notice.set_deadline_unix_ms(deadline_unix_ms);
    outbox_.Notify(body.citizen_id());
  }

  void Tell(const v1::CommandRefused& refused) {
    v1::Confirmation& answer = AnswerCommand(refused, v1::OUTCOME_REFUSED);
    answer.set_refusal(refused.refusal());
    answer.set_field(refused.field());
    answer.set_slot_shard(refused.slot_shard());
    answer.set_slot_sequence(refused.slot_sequence());
    outbox_.Confirm(refused.citizen_id());
  }

  void Tell(const v1::CommandRepeated& repeated) {
    v1::Confirmation& answer = AnswerCommand(repeated, repeated.outcome());
    answer.set_refusal(repeated.refusal());
    answer.set_repeated(true);
    outbox_.Confirm(repeated.citizen_id());
  }

  void AnswerOperation(const std::string& operation_id, int64_t offset,
                       v1::Outcome outcome, v1::Refusal refusal,
                       const std::string& field) {
    v1::Confirmation& answer = NewConfirmation(v1::TOPIC_OPERATIONS, offset);
    answer.set_command_id(operation_id);
    answer.set_outcome(outcome);
    answer.set_refusal(refusal);
    answer.set_field(field);
    outbox_.Confirm(operation_id);
  }

  template <typename Body>
  void ConfirmDone(const Body& body) {
    AnswerOperation(body.operation_id(), event_.cause_offset(),
                    v1::OUTCOME_DONE, v1::REFUSAL_UNSPECIFIED, "");
  }

  void Tell(const v1::OperationRefused& refused) {
    AnswerOperation(refused.operation_id(), event_.cause_offset(),
                    v1::OUTCOME_REFUSED, refused.refusal(), refused.field());
  }

  void Tell(const v1::CampaignAcknowledged& known) {
    if (!known.complete()) return;
    AnswerOperation(known.operation_id(), known.operation_offset(),
                    v1::OUTCOME_DONE, v1::REFUSAL_UNSPECIFIED, "");
  }

  /// Other shards have to know it first.
  template <typename Body>
  void ConfirmVersion(const Body& body) {
    if (!has_other_shards_) ConfirmDone(body);
  }

  const v1::Event& event_;
  const Shard shard_;
  const bool has_other_shards_;
  Outbox& outbox_;
};

}  // namespace

void Announce(const v1::Event& event, Shard shard, ShardCount shards,
              google::protobuf::Arena& arena, Outbox& outbox) {
  CallerAnnouncer(event, shard, shards, outbox).Announce();
  AnnounceToShards(event, shard, shards, arena, outbox);
}

}  // namespace slotlog
