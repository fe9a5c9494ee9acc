#include "services/reservation/announce.h"

#include "events/invariant.h"
#include "events/partitioner.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

class Announcer {
 public:
  Announcer(const v1::Event& event, Shard shard, ShardCount shards,
            Arena& arena, Outbox& outbox)
      : event_(event),
        shard_(shard),
        shards_(shards),
        arena_(arena),
        outbox_(outbox) {}

  void Announce() {
    switch (event_.body_case()) {
      case v1::Event::kInputDeadLettered:
      case v1::Event::kCommandParked:
        return;  // nobody is told
      case v1::Event::kSiteDefined:
        return ConfirmDone(event_.site_defined());
      case v1::Event::kSlotsOpened:
        return ConfirmDone(event_.slots_opened());
      case v1::Event::kCapacityChanged:
        return ConfirmDone(event_.capacity_changed());
      case v1::Event::kSlotClosed:
        return ConfirmDone(event_.slot_closed());
      case v1::Event::kOperationRepeated:
        return ConfirmDone(event_.operation_repeated());
      case v1::Event::kOperationRefused:
        return Tell(event_.operation_refused());
      case v1::Event::kCampaignDefined:
        return Tell(event_.campaign_defined());
      case v1::Event::kCampaignAdopted:
        return Tell(event_.campaign_adopted());
      case v1::Event::kCampaignAcknowledged:
        return Tell(event_.campaign_acknowledged());
      case v1::Event::kCommandRefused:
        return Tell(event_.command_refused());
      case v1::Event::kCommandRepeated:
        return Tell(event_.command_repeated());
      case v1::Event::kSeatAsked:
        return Tell(event_.seat_asked());
      case v1::Event::kBooked:
        return ConfirmEnd(event_.booked(), v1::OUTCOME_BOOKED);
      case v1::Event::kReleaseAsked:
        return Tell(event_.release_asked());
      case v1::Event::kCancelled:
        return ConfirmEnd(event_.cancelled(), v1::OUTCOME_CANCELLED);
      case v1::Event::kSeatTaken:
        return AnswerSeat(event_.seat_taken(), v1::REFUSAL_UNSPECIFIED);
      case v1::Event::kSeatRefused:
        return AnswerSeat(event_.seat_refused(),
                          event_.seat_refused().refusal());
      case v1::Event::kSeatReleased:
        return Tell(event_.seat_released());
      case v1::Event::BODY_NOT_SET:
        break;
    }
    INVARIANT(false, "an event without a body was decided");
  }

 private:
  // --- Confirmations ---

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

  template <typename Body>
  void ConfirmEnd(const Body& body, v1::Outcome outcome) {
    v1::Confirmation& answer = AnswerCommand(body, outcome);
    answer.set_slot_shard(body.slot_shard());
    answer.set_slot_sequence(body.slot_sequence());
    outbox_.Confirm(body.citizen_id());
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

  // --- Messages ---

  v1::Message* NewMessage() {
    auto* message = Arena::CreateMessage<v1::Message>(&arena_);
    message->set_event_sequence(event_.sequence());
    message->set_asked_at_unix_ms(event_.asked_at_unix_ms());
    return message;
  }

  template <typename Body, typename Request>
  static void NameSeat(const Body& body, Request& request) {
    request.set_citizen_id(body.citizen_id());
    request.set_campaign_id(body.campaign_id());
    request.set_turn(body.turn());
    request.set_site_id(body.site_id());
    request.set_slot_id(body.slot_id());
  }

  void Tell(const v1::SeatAsked& asked) {
    v1::Message* message = NewMessage();
    NameSeat(asked, *message->mutable_seat_request());
    outbox_.Send(ShardOf(asked.site_id(), shards_), message);
  }

  void Tell(const v1::ReleaseAsked& asked) {
    v1::Message* message = NewMessage();
    v1::ReleaseRequest& request = *message->mutable_release_request();
    NameSeat(asked, request);
    request.set_seat_turn(asked.seat_turn());
    outbox_.Send(ShardOf(asked.site_id(), shards_), message);
  }

  template <typename Body>
  void AnswerSeat(const Body& body, v1::Refusal refusal) {
    v1::Message* message = NewMessage();
    v1::SeatAnswer& answer = *message->mutable_seat_answer();
    answer.set_citizen_id(body.citizen_id());
    answer.set_campaign_id(body.campaign_id());
    answer.set_turn(body.turn());
    answer.set_refusal(refusal);
    outbox_.Send(ShardOf(body.citizen_id(), shards_), message);
  }

  void Tell(const v1::SeatReleased& released) {
    v1::Message* message = NewMessage();
    v1::ReleaseAnswer& answer = *message->mutable_release_answer();
    answer.set_citizen_id(released.citizen_id());
    answer.set_campaign_id(released.campaign_id());
    answer.set_turn(released.turn());
    outbox_.Send(ShardOf(released.citizen_id(), shards_), message);
  }

  void Tell(const v1::CampaignDefined& defined) {
    if (shards_.value == 1) return ConfirmDone(defined);
    for (Shard to{0}; to.value < shards_.value; ++to) {
      if (to == shard_) continue;
      v1::Message* message = NewMessage();
      v1::CampaignAnnouncement& announced =
          *message->mutable_campaign_announcement();
      *announced.mutable_campaign() = defined.campaign();
      announced.set_home_shard(shard_.value);
      outbox_.Send(to, message);
    }
  }

  void Tell(const v1::CampaignAdopted& adopted) {
    v1::Message* message = NewMessage();
    message->mutable_campaign_adoption()->set_campaign_id(
        adopted.campaign().campaign_id());
    outbox_.Send(Shard{adopted.home_shard()}, message);
  }

  void Tell(const v1::CampaignAcknowledged& known) {
    if (!known.complete()) return;
    AnswerOperation(known.operation_id(), known.operation_offset(),
                    v1::OUTCOME_DONE, v1::REFUSAL_UNSPECIFIED, "");
  }

  const v1::Event& event_;
  const Shard shard_;
  const ShardCount shards_;
  Arena& arena_;
  Outbox& outbox_;
};

}  // namespace

void Announce(const v1::Event& event, Shard shard, ShardCount shards,
              Arena& arena, Outbox& outbox) {
  Announcer(event, shard, shards, arena, outbox).Announce();
}

}  // namespace slotlog
