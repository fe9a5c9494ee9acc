// What comes of a citizen's conversation with a slot's shard: the slot's answer
// becomes the answer to the command that opened it. And what the slot announces
// by itself: a seat taken back, a visit that ended.

#include "events/invariant.h"
#include "services/reservation/decide.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

template <typename Message>
const Claim* ClaimNamedBy(const State& state, const Message& message) {
  return FindClaim(state, CitizenId{message.citizen_id()},
                   CampaignId{message.campaign_id()});
}

/// The claim whose conversation this answer belongs to, if it is still open.
template <typename SlotAnswer>
const Claim* FindOpen(const State& state, const SlotAnswer& answer) {
  const Claim* claim = ClaimNamedBy(state, answer);
  if (claim == nullptr || !claim->IsOpen()) return nullptr;
  return claim->turn.value == answer.turn() ? claim : nullptr;
}

/// An answer of a slot's shard, and the claim whose conversation it belongs to.
struct AnswerContext {
  const State& state;
  const MessageFrom& from;
  const std::string& citizen_id;
  const Claim& claim;
  const Conversation& open;
  Arena& arena;
};

/// Of the command that opened the conversation, whatever brought the answer: a
/// move that waited is answered by the shard's agenda, or by another's move.
v1::Event* NewEvent(const AnswerContext& c) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  event->set_asked_at_unix_ms(absl::ToUnixMillis(c.open.asked_at));
  return event;
}

/// Fills the fields that say which claim and seat it is about.
template <typename Body>
void NameClaim(Body& body, const AnswerContext& c, const SeatName& seat) {
  body.set_citizen_id(c.citizen_id);
  body.set_campaign_id(c.claim.campaign_id);
  body.set_site_id(seat.site_id);
  body.set_slot_id(seat.slot_id);
}

/// Where the slot answered.
template <typename Body>
void NameSource(Body& body, const AnswerContext& c) {
  body.set_slot_shard(c.from.source.value);
  body.set_slot_sequence(c.from.message->event_sequence());
}

/// The end of a conversation, in the words of the command that opened it.
template <typename Body>
Body& NameEnd(Body& body, const AnswerContext& c, const SeatName& seat) {
  NameClaim(body, c, seat);
  NameSource(body, c);
  body.set_command_id(c.open.command_id);
  body.set_command_offset(c.open.command_offset.value);
  return body;
}

v1::Event* EndRefused(const AnswerContext& c, const SeatName& seat,
                      v1::Refusal refusal) {
  v1::Event* event = NewEvent(c);
  NameEnd(*event->mutable_command_refused(), c, seat).set_refusal(refusal);
  return event;
}

/// A hold lasts its full time from when the citizen can know of it.
int64_t DeadlineOfHold(const AnswerContext& c) {
  const Campaign* campaign =
      c.state.campaigns().Find(RowKey::Of(CampaignId{c.claim.campaign_id}));
  INVARIANT(campaign != nullptr, "a claim is in a campaign that is not known");
  const Version version = VersionAt(*campaign, c.open.asked_at);
  return absl::ToUnixMillis(c.state.head().decided_at +
                            campaign->at(version).rules.hold);
}

// --- A first seat, or a place in a waitlist ---

v1::Event* EndWithSeat(const AnswerContext& c, SeatNumber seat) {
  v1::Event* event = NewEvent(c);
  if (c.open.wanted == v1::OUTCOME_WAITING) {
    NameEnd(*event->mutable_waiting(), c, c.claim.seat)
        .set_turn(c.claim.turn.value);
    return event;
  }
  if (c.open.wanted == v1::OUTCOME_HELD) {
    v1::Held& held = NameEnd(*event->mutable_held(), c, c.claim.seat);
    held.set_turn(c.claim.turn.value);
    held.set_seat(seat.value);
    held.set_deadline_unix_ms(DeadlineOfHold(c));
    return event;
  }
  v1::Booked& booked = NameEnd(*event->mutable_booked(), c, c.claim.seat);
  booked.set_turn(c.claim.turn.value);
  booked.set_seat(seat.value);
  return event;
}

// --- Another seat ---

/// Then old and new seat change in one event; a seat lost was at another site.
bool IsWithinSite(const AnswerContext& c) {
  const SeatName& old = c.claim.seat;
  return old.number != SeatNumber{} && old.site_id == c.open.move->to.site_id;
}

v1::Event* EndMoved(const AnswerContext& c, SeatNumber seat, Turn seat_turn) {
  v1::Event* event = NewEvent(c);
  v1::Rescheduled& moved =
      NameEnd(*event->mutable_rescheduled(), c, c.open.move->to);
  moved.set_seat(seat.value);
  moved.set_seat_turn(seat_turn.value);
  moved.set_outcome(c.open.wanted);
  if (c.open.wanted == v1::OUTCOME_HELD) {
    moved.set_deadline_unix_ms(DeadlineOfHold(c));
  } else {
    moved.set_confirms_seat(!IsWithinSite(c));
  }
  return event;
}

/// The new seat is the citizen's. Within a site the old one went with it, and
/// the slot may have taken it back; else it is given back now.
v1::Event* GoOnWithNewSeat(const AnswerContext& c, SeatNumber seat) {
  const SeatName& old = c.claim.seat;
  if (old.number == SeatNumber{} || IsWithinSite(c)) {
    return EndMoved(c, seat, c.claim.turn);
  }
  v1::Event* event = NewEvent(c);
  v1::NewSeatTaken& taken = *event->mutable_new_seat_taken();
  NameClaim(taken, c, c.open.move->to);
  taken.set_seat(seat.value);
  taken.set_seat_turn(c.claim.turn.value);
  taken.set_turn(c.claim.turn.value + 1);
  NameOldSeat(taken, old);
  return event;
}

v1::Event* GoOnWithoutOldSeat(const AnswerContext& c, bool visit_began) {
  const Move& move = *c.open.move;
  if (move.phase == Move::Phase::kReturningNew) {
    return EndRefused(c, move.to, v1::REFUSAL_VISIT_BEGAN);
  }
  if (!visit_began) {
    return move.is_lost ? EndRefused(c, move.to, v1::REFUSAL_SEAT_GONE)
                        : EndMoved(c, move.to.number, move.to.turn);
  }
  if (move.is_lost) return EndRefused(c, move.to, v1::REFUSAL_VISIT_BEGAN);
  v1::Event* event = NewEvent(c);
  v1::NewSeatReturned& returned = *event->mutable_new_seat_returned();
  NameClaim(returned, c, move.to);
  returned.set_seat(move.to.number.value);
  returned.set_seat_turn(move.to.turn.value);
  returned.set_turn(c.claim.turn.value + 1);
  return event;
}

// --- A seat given back ---

v1::Event* EndWithoutSeat(const AnswerContext& c) {
  v1::Event* event = NewEvent(c);
  if (c.open.command_id.empty()) {
    v1::HoldGivenBack& back = *event->mutable_hold_given_back();
    NameClaim(back, c, c.claim.seat);
    NameSource(back, c);
    back.set_turn(c.claim.turn.value);
    return event;
  }
  NameEnd(*event->mutable_cancelled(), c, c.claim.seat)
      .set_turn(c.claim.turn.value);
  return event;
}

template <typename Message>
bool IsOf(const SeatName& seat, const Message& message) {
  return seat.number.value == message.seat() &&
         seat.turn.value == message.seat_turn() &&
         seat.slot_id == message.slot_id() && seat.site_id == message.site_id();
}

}  // namespace

v1::Event* DecideSeatAnswer(const State& state, const MessageFrom& from,
                            const v1::SeatAnswer& answer, Arena& arena) {
  const Claim* claim = FindOpen(state, answer);
  if (claim == nullptr) return nullptr;
  const AnswerContext c{
      state, from, answer.citizen_id(), *claim, *claim->conversation, arena};

  const bool moves = claim->state == ClaimState::kMoving;
  if (answer.refusal() != v1::REFUSAL_UNSPECIFIED) {
    return EndRefused(c, moves ? c.open.move->to : claim->seat,
                      answer.refusal());
  }
  const SeatNumber seat{answer.seat()};
  return moves ? GoOnWithNewSeat(c, seat) : EndWithSeat(c, seat);
}

v1::Event* DecideReleaseAnswer(const State& state, const MessageFrom& from,
                               const v1::ReleaseAnswer& answer, Arena& arena) {
  const Claim* claim = FindOpen(state, answer);
  if (claim == nullptr) return nullptr;
  const AnswerContext c{
      state, from, answer.citizen_id(), *claim, *claim->conversation, arena};

  const bool visit_began = answer.refusal() == v1::REFUSAL_VISIT_BEGAN;
  if (claim->state == ClaimState::kMoving) {
    return GoOnWithoutOldSeat(c, visit_began);
  }
  return visit_began ? EndRefused(c, claim->seat, v1::REFUSAL_VISIT_BEGAN)
                     : EndWithoutSeat(c);
}

v1::Event* DecideSeatWithdrawal(const State& state,
                                const v1::SeatWithdrawal& withdrawal,
                                Arena& arena) {
  const Claim* claim = ClaimNamedBy(state, withdrawal);
  // An owner that was fenced, and does not know, may read what became of its
  // successor's decisions.
  if (claim == nullptr) return nullptr;
  const bool is_new_one = claim->state == ClaimState::kMoving &&
                          IsOf(claim->conversation->move->to, withdrawal);
  // If it is being given back, the answer will say that it is gone.
  const bool is_own = IsOf(claim->seat, withdrawal) && !claim->IsAskedBack();
  const bool is_parked_offer =
      claim->conversation != nullptr &&
      claim->conversation->offer.has_value() &&
      IsOf(claim->conversation->offer->seat, withdrawal);
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (is_parked_offer) {
    v1::OfferWithdrawn& withdrawn =
        NameTaken(*event->mutable_offer_withdrawn(), withdrawal);
    if (claim->waiting != Turn{} &&
        claim->waiting.value == withdrawal.seat_turn()) {
      withdrawn.set_reason(withdrawal.reason());
    }
    return event;
  }
  if (!is_own && !is_new_one) return nullptr;

  v1::SeatLost& lost = NameTaken(*event->mutable_seat_lost(), withdrawal);
  lost.set_reason(withdrawal.reason());
  lost.set_waits(withdrawal.waits());
  return event;
}

v1::Event* DecideVisitEnd(const State& state, const v1::VisitEnd& end,
                          Arena& arena) {
  const Claim* claim = ClaimNamedBy(state, end);
  if (claim == nullptr) return nullptr;
  if (!IsOf(claim->seat, end)) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (end.missed()) {
    NameTaken(*event->mutable_missed(), end);
  } else {
    NameTaken(*event->mutable_fulfilled(), end);
  }
  return event;
}

}  // namespace slotlog
