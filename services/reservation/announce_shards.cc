#include "services/reservation/announce_shards.h"

#include "events/invariant.h"
#include "events/partitioner.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

class ShardAnnouncer {
 public:
  ShardAnnouncer(const v1::Event& event, Shard shard, ShardCount shards,
                 Arena& arena, Outbox& outbox)
      : event_(event),
        shard_(shard),
        shards_(shards),
        arena_(arena),
        outbox_(outbox) {}

  void Announce() {
    switch (event_.body_case()) {
      case v1::Event::kCampaignDefined:
        return Tell(event_.campaign_defined());
      case v1::Event::kCampaignChanged:
        return Tell(event_.campaign_changed());
      case v1::Event::kCampaignAdopted:
        return Tell(event_.campaign_adopted());
      case v1::Event::kSeatAsked:
        return Tell(event_.seat_asked());
      case v1::Event::kMoveAsked:
        return Tell(event_.move_asked());
      case v1::Event::kNewSeatTaken:
        return Tell(event_.new_seat_taken());
      case v1::Event::kNewSeatReturned:
        return AskForRelease(event_.new_seat_returned());
      case v1::Event::kReleaseAsked:
        return AskForRelease(event_.release_asked());
      case v1::Event::kHoldExpired:
        return AskForRelease(event_.hold_expired());
      case v1::Event::kHoldConfirmed:
        return Tell(event_.hold_confirmed());
      case v1::Event::kRescheduled:
        return Tell(event_.rescheduled());
      case v1::Event::kSeatTaken:
        return AnswerSeat(event_.seat_taken(), v1::REFUSAL_UNSPECIFIED,
                          SeatNumber{event_.seat_taken().seat()});
      case v1::Event::kSeatRefused:
        return AnswerSeat(event_.seat_refused(),
                          event_.seat_refused().refusal(), SeatNumber{});
      case v1::Event::kSeatReleased:
        if (event_.seat_released().turn() == 0) return;  // it was declined
        return AnswerRelease(event_.seat_released(), v1::REFUSAL_UNSPECIFIED);
      case v1::Event::kWaitlistAsked:
        return Join(event_.waitlist_asked(), "",
                    ShardOf(event_.waitlist_asked().site_id(), shards_));
      case v1::Event::kWaiting:
        return Tell(event_.waiting());
      case v1::Event::kWaitlistJoined:
        if (!event_.waitlist_joined().region().empty()) return;
        return AnswerSeat(event_.waitlist_joined(), v1::REFUSAL_UNSPECIFIED,
                          SeatNumber{});
      case v1::Event::kSeatOffered:
        return Tell(event_.seat_offered());
      case v1::Event::kOffered:
        return Tell(event_.offered());
      case v1::Event::kOfferDeclined:
        return Tell(event_.offer_declined());
      case v1::Event::kReleaseRefused:
        return AnswerRelease(event_.release_refused(),
                             event_.release_refused().refusal());
      case v1::Event::kSeatMoved:
        return AnswerMove(event_.seat_moved());
      case v1::Event::kSeatsSwapped:
        AnswerMove(event_.seats_swapped().waiting());
        return AnswerMove(event_.seats_swapped().asking());
      case v1::Event::kSeatWithdrawn:
        return Tell(event_.seat_withdrawn());
      case v1::Event::kDoseGiven:
        return EndVisit(event_.dose_given(), /*missed=*/false);
      case v1::Event::kSeatMissed:
        return EndVisit(event_.seat_missed(), /*missed=*/true);
      case v1::Event::kInputDeadLettered:
      case v1::Event::kSiteDefined:
      case v1::Event::kSlotsOpened:
      case v1::Event::kCapacityChanged:
      case v1::Event::kSlotClosed:
      case v1::Event::kSiteClosed:
      case v1::Event::kSeatCheckedIn:
      case v1::Event::kOperationRepeated:
      case v1::Event::kOperationRefused:
      case v1::Event::kCampaignAcknowledged:
      case v1::Event::kCommandRefused:
      case v1::Event::kCommandRepeated:
      case v1::Event::kCommandParked:
      case v1::Event::kBooked:
      case v1::Event::kHeld:
      case v1::Event::kHoldGivenBack:
      case v1::Event::kHoldDeferred:
      case v1::Event::kCancelled:
      case v1::Event::kSeatLost:
      case v1::Event::kFulfilled:
      case v1::Event::kMissed:
      case v1::Event::kSeatConfirmed:
      case v1::Event::kMoveDelayed:
      case v1::Event::kSlotEnded:
      case v1::Event::kAgendaPassed:
      case v1::Event::kWavePassed:
      case v1::Event::kWaitlistLeft:
      case v1::Event::kOfferParked:
      case v1::Event::kOfferWithdrawn:
      case v1::Event::kSearchPassed:
        return;  // no shard is told
      case v1::Event::BODY_NOT_SET:
        break;
    }
    INVARIANT(false, "an event without a body was decided");
  }

 private:
  v1::Message* NewMessage() {
    auto* message = Arena::CreateMessage<v1::Message>(&arena_);
    message->set_event_sequence(event_.sequence());
    message->set_asked_at_unix_ms(event_.asked_at_unix_ms());
    return message;
  }

  /// By which the slot's shard judges what the campaign may take of the site.
  template <typename Body>
  static void NameRules(const Body& body, v1::SeatRequest& request) {
    request.set_is_counted(body.is_counted());
    request.set_campaign_version(body.judged().campaign_version());
    request.set_round(body.judged().round());
  }

  void Tell(const v1::SeatAsked& asked) {
    v1::Message* message = NewMessage();
    v1::SeatRequest& request = *message->mutable_seat_request();
    NameAsked(request, asked);
    request.set_hold(asked.hold());
    NameRules(asked, request);
    outbox_.Send(ShardOf(asked.site_id(), shards_), message);
  }

  /// Within a site the slot's shard does both at once.
  void Tell(const v1::MoveAsked& asked) {
    v1::Message* message = NewMessage();
    if (asked.site_id() == asked.from_site_id()) {
      v1::MoveRequest& request = *message->mutable_move_request();
      NameAsked(request, asked);
      request.set_hold(asked.wanted() == v1::OUTCOME_HELD);
      request.set_from_slot_id(asked.from_slot_id());
      request.set_from_seat(asked.from_seat());
      request.set_from_seat_turn(asked.from_seat_turn());
      request.set_is_counted(asked.is_counted());
      request.set_campaign_version(asked.judged().campaign_version());
    } else {
      v1::SeatRequest& request = *message->mutable_seat_request();
      NameAsked(request, asked);
      request.set_hold(true);  // until the old seat is back
      NameRules(asked, request);
      request.set_is_move(asked.wanted() == v1::OUTCOME_RESCHEDULED);
    }
    outbox_.Send(ShardOf(asked.site_id(), shards_), message);
  }

  void Tell(const v1::NewSeatTaken& taken) {
    v1::Message* message = NewMessage();
    v1::ReleaseRequest& request = *message->mutable_release_request();
    request.set_citizen_id(taken.citizen_id());
    request.set_campaign_id(taken.campaign_id());
    request.set_turn(taken.turn());
    request.set_site_id(taken.from_site_id());
    request.set_slot_id(taken.from_slot_id());
    request.set_seat(taken.from_seat());
    request.set_seat_turn(taken.from_seat_turn());
    outbox_.Send(ShardOf(taken.from_site_id(), shards_), message);
  }

  template <typename Body>
  void AskForRelease(const Body& asked) {
    v1::Message* message = NewMessage();
    v1::ReleaseRequest& request = *message->mutable_release_request();
    NameAsked(request, asked);
    request.set_seat(asked.seat());
    request.set_seat_turn(asked.seat_turn());
    outbox_.Send(ShardOf(asked.site_id(), shards_), message);
  }

  template <typename Body>
  void AnswerSeat(const Body& body, v1::Refusal refusal, SeatNumber seat) {
    v1::Message* message = NewMessage();
    v1::SeatAnswer& answer = *message->mutable_seat_answer();
    answer.set_citizen_id(body.citizen_id());
    answer.set_campaign_id(body.campaign_id());
    answer.set_turn(body.turn());
    answer.set_refusal(refusal);
    answer.set_seat(seat.value);
    outbox_.Send(ShardOf(body.citizen_id(), shards_), message);
  }

  void AnswerMove(const v1::SeatMoved& moved) {
    AnswerSeat(moved, v1::REFUSAL_UNSPECIFIED, SeatNumber{moved.seat()});
  }

  template <typename Body>
  void AnswerRelease(const Body& body, v1::Refusal refusal) {
    v1::Message* message = NewMessage();
    v1::ReleaseAnswer& answer = *message->mutable_release_answer();
    answer.set_citizen_id(body.citizen_id());
    answer.set_campaign_id(body.campaign_id());
    answer.set_turn(body.turn());
    answer.set_refusal(refusal);
    outbox_.Send(ShardOf(body.citizen_id(), shards_), message);
  }

  void Tell(const v1::HoldConfirmed& confirmed) {
    v1::Message* message = NewMessage();
    NameTaken(*message->mutable_seat_confirmation(), confirmed);
    outbox_.Send(ShardOf(confirmed.site_id(), shards_), message);
  }

  void Tell(const v1::Rescheduled& moved) {
    if (!moved.confirms_seat()) return;
    v1::Message* message = NewMessage();
    NameTaken(*message->mutable_seat_confirmation(), moved);
    outbox_.Send(ShardOf(moved.site_id(), shards_), message);
  }

  void Tell(const v1::SeatWithdrawn& withdrawn) {
    v1::Message* message = NewMessage();
    v1::SeatWithdrawal& told = *message->mutable_seat_withdrawal();
    NameTaken(told, withdrawn);
    told.set_reason(withdrawn.reason());
    told.set_waits(withdrawn.waits());
    outbox_.Send(ShardOf(withdrawn.citizen_id(), shards_), message);
  }

  template <typename Body>
  void Join(const Body& body, const std::string& region, Shard to) {
    v1::Message* message = NewMessage();
    v1::WaitlistRequest& request = *message->mutable_waitlist_request();
    NameAsked(request, body);
    request.set_region(region);
    request.set_from_unix_ms(body.from_unix_ms());
    request.set_to_unix_ms(body.to_unix_ms());
    request.set_order(body.order());
    outbox_.Send(to, message);
  }

  void Tell(const v1::Waiting& waiting) {
    if (waiting.region().empty()) return;
    for (Shard to{0}; to.value < shards_.value; ++to) {
      Join(waiting, waiting.region(), to);
    }
  }

  void Tell(const v1::SeatOffered& offered) {
    v1::Message* message = NewMessage();
    v1::SeatOffer& offer = *message->mutable_seat_offer();
    offer.set_citizen_id(offered.citizen_id());
    offer.set_campaign_id(offered.campaign_id());
    offer.set_site_id(offered.site_id());
    offer.set_slot_id(offered.slot_id());
    offer.set_seat(offered.seat());
    offer.set_seat_turn(offered.turn());
    offer.set_next_dose_by(offered.next_dose_by());
    outbox_.Send(ShardOf(offered.citizen_id(), shards_), message);
  }

  /// Without a deadline it is the appointment.
  void Tell(const v1::Offered& offered) {
    if (offered.deadline_unix_ms() != 0) return;
    v1::Message* message = NewMessage();
    NameTaken(*message->mutable_seat_confirmation(), offered);
    outbox_.Send(ShardOf(offered.site_id(), shards_), message);
  }

  void Tell(const v1::OfferDeclined& declined) {
    v1::Message* message = NewMessage();
    NameTaken(*message->mutable_seat_decline(), declined);
    outbox_.Send(ShardOf(declined.site_id(), shards_), message);
  }

  template <typename Body>
  void EndVisit(const Body& body, bool missed) {
    v1::Message* message = NewMessage();
    v1::VisitEnd& end = *message->mutable_visit_end();
    NameTaken(end, body);
    end.set_missed(missed);
    outbox_.Send(ShardOf(body.citizen_id(), shards_), message);
  }

  void Tell(const v1::CampaignDefined& defined) {
    AnnounceVersion(defined, /*version=*/1, /*effective_unix_ms=*/0);
  }

  void Tell(const v1::CampaignChanged& changed) {
    AnnounceVersion(changed, changed.version(), changed.effective_unix_ms());
  }

  template <typename Body>
  void AnnounceVersion(const Body& body, uint32_t version,
                       int64_t effective_unix_ms) {
    for (Shard to{0}; to.value < shards_.value; ++to) {
      if (to == shard_) continue;
      v1::Message* message = NewMessage();
      v1::CampaignAnnouncement& announced =
          *message->mutable_campaign_announcement();
      *announced.mutable_campaign() = body.campaign();
      announced.set_home_shard(shard_.value);
      announced.set_version(version);
      announced.set_effective_unix_ms(effective_unix_ms);
      outbox_.Send(to, message);
    }
  }

  void Tell(const v1::CampaignAdopted& adopted) {
    v1::Message* message = NewMessage();
    v1::CampaignAdoption& adoption = *message->mutable_campaign_adoption();
    adoption.set_campaign_id(adopted.campaign().campaign_id());
    adoption.set_version(adopted.version());
    outbox_.Send(Shard{adopted.home_shard()}, message);
  }

  const v1::Event& event_;
  const Shard shard_;
  const ShardCount shards_;
  Arena& arena_;
  Outbox& outbox_;
};

}  // namespace

void AnnounceToShards(const v1::Event& event, Shard shard, ShardCount shards,
                      Arena& arena, Outbox& outbox) {
  ShardAnnouncer(event, shard, shards, arena, outbox).Announce();
}

}  // namespace slotlog
