// What the shard does by itself: holds that run out, moves that nobody met
// half-way, slots whose time is over; and the waves that go through a slot's
// seats. One step at a time, each with a bounded look ahead.

#include <algorithm>

#include "events/invariant.h"
#include "services/reservation/agenda.h"
#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"
#include "services/reservation/supply.h"
#include "services/reservation/waitlist.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

// --- What falls due ---

/// The hold's end; null where it was confirmed or given up before.
v1::Event* DecideHoldEnd(const State& state, const DueEntry& entry,
                         uint32_t entries, Arena& arena) {
  const Claim* claim = FindClaim(state, CitizenId{entry.citizen_id},
                                 CampaignId{entry.campaign_id});
  if (claim == nullptr || claim->seat.turn != entry.turn) return nullptr;
  const Head& head = state.head();
  if (claim->state == ClaimState::kMoving &&
      claim->conversation->before == ClaimState::kHeld) {
    auto* event = Arena::CreateMessage<v1::Event>(&arena);
    v1::HoldDeferred& deferred = *event->mutable_hold_deferred();
    deferred.set_citizen_id(entry.citizen_id);
    deferred.set_campaign_id(entry.campaign_id);
    deferred.set_seat_turn(entry.turn.value);
    deferred.set_until_unix_ms(absl::ToUnixMillis(head.now + kHoldDeferral));
    deferred.set_agenda_entries(entries);
    return event;
  }
  if (!claim->IsDoomed(head.now)) return nullptr;
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::HoldExpired& expired = *event->mutable_hold_expired();
  expired.set_citizen_id(entry.citizen_id);
  expired.set_campaign_id(entry.campaign_id);
  expired.set_turn(claim->turn.value + 1);
  NameSeat(expired, claim->seat);
  expired.set_agenda_entries(entries);
  return event;
}

/// Nobody came who wanted the other way; null where somebody did.
v1::Event* DecideDelayedMoveEnd(const State& state, const DueEntry& entry,
                                uint32_t entries, Arena& arena) {
  const Site* site = state.sites().Find(RowKey::Of(SiteId{entry.site_id}));
  if (site == nullptr) return nullptr;
  const auto move = std::find_if(
      site->delayed_moves.begin(), site->delayed_moves.end(),
      [&](const DelayedMove& delayed) { return IsDueFor(entry, delayed); });
  if (move == site->delayed_moves.end()) return nullptr;
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::SeatRefused& refused = *event->mutable_seat_refused();
  refused.set_citizen_id(entry.citizen_id);
  refused.set_campaign_id(entry.campaign_id);
  refused.set_turn(entry.turn.value);
  refused.set_site_id(entry.site_id);
  refused.set_slot_id(move->slot_id);
  refused.set_refusal(v1::REFUSAL_SLOT_FULL);
  refused.set_agenda_entries(entries);
  return event;
}

v1::Event* DecideSlotEnd(const DueEntry& entry, uint32_t entries,
                         Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::SlotEnded& ended = *event->mutable_slot_ended();
  ended.set_site_id(entry.site_id);
  ended.set_slot_id(entry.slot_id);
  ended.set_agenda_entries(entries);
  return event;
}

v1::Event* DecideDue(const State& state, Arena& arena) {
  uint32_t ahead = 0;
  for (; ahead < kDuePerStep; ++ahead) {
    const DueEntry* entry = FindDue(state, ahead);
    if (entry == nullptr) break;
    v1::Event* event = nullptr;
    switch (entry->kind) {
      case DueKind::kHold:
        event = DecideHoldEnd(state, *entry, ahead + 1, arena);
        break;
      case DueKind::kDelayedMove:
        event = DecideDelayedMoveEnd(state, *entry, ahead + 1, arena);
        break;
      case DueKind::kSlotEnd:
        event = DecideSlotEnd(*entry, ahead + 1, arena);
        break;
    }
    if (event != nullptr) return event;
  }
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  event->mutable_agenda_passed()->set_agenda_entries(ahead);
  return event;
}

// --- Waves ---

/// Is it the wave's to end this seat?
bool IsOver(const Seat& seat, Wave::Kind kind) {
  switch (kind) {
    case Wave::Kind::kWithdraw:
    case Wave::Kind::kLower:
      return seat.state == SeatState::kHeld || seat.state == SeatState::kBooked;
    case Wave::Kind::kMiss:
      return seat.state == SeatState::kBooked;
  }
  return false;
}

template <typename Body>
Body& NameSeat(Body& body, const Seat& seat, const WavePlace& place,
               uint32_t passed) {
  body.set_citizen_id(seat.citizen_id);
  body.set_campaign_id(seat.campaign_id);
  body.set_site_id(place.site_id);
  body.set_slot_id(place.slot_id);
  body.set_seat(place.seat.value - (passed - 1));
  body.set_seat_turn(seat.turn.value);
  body.set_seats_passed(passed);
  return body;
}

void NameWave(v1::WavePassed& wave, const WavePlace& place, uint32_t passed) {
  wave.set_seats_passed(passed);
  wave.set_site_id(place.site_id);
  wave.set_slot_id(place.slot_id);
}

v1::NoticeKind ReasonOf(const Wave& wave) {
  if (wave.kind == Wave::Kind::kLower) {
    return v1::NOTICE_KIND_CAPACITY_LOWERED;
  }
  return wave.slot_id.empty() ? v1::NOTICE_KIND_SITE_CLOSED
                              : v1::NOTICE_KIND_SLOT_CLOSED;
}

v1::Event* DecideWaveStep(const State& state, Arena& arena) {
  const Wave& wave = state.head().agenda.waves.front();
  const WavePlace place = PlaceOf(wave, state);
  const SiteId site{place.site_id};
  const SlotId slot_id{place.slot_id};
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  const Slot* slot = state.slots().Find(RowKey::Of(site, slot_id));
  if (slot == nullptr ||
      (wave.kind == Wave::Kind::kLower && !slot->lowered_to.has_value())) {
    NameWave(*event->mutable_wave_passed(), place, place.seat.value);
    return event;
  }
  const uint32_t seats = std::min(kSeatsPerStep, place.seat.value);
  for (uint32_t passed = 1; passed <= seats; ++passed) {
    const Seat* seat = state.seats().Find(
        RowKey::Of(site, slot_id, SeatNumber{place.seat.value - (passed - 1)}));
    if (seat == nullptr || !IsOver(*seat, wave.kind)) continue;
    if (wave.kind == Wave::Kind::kMiss) {
      NameSeat(*event->mutable_seat_missed(), *seat, place, passed);
    } else {
      NameSeat(*event->mutable_seat_withdrawn(), *seat, place, passed)
          .set_reason(ReasonOf(wave));
      event->mutable_seat_withdrawn()->set_is_counted(
          CountsSeats(state, CampaignId{seat->campaign_id}));
      // A next dose's seat has no turn under which its citizen could wait.
      event->mutable_seat_withdrawn()->set_waits(
          seat->turn != Turn{} && wave.kind == Wave::Kind::kLower &&
          seat->state == SeatState::kBooked &&
          OfferTime(state, CampaignId{seat->campaign_id}) >
              absl::ZeroDuration());
    }
    return event;
  }
  NameWave(*event->mutable_wave_passed(), place, seats);
  return event;
}

}  // namespace

v1::Event* DecideAgendaStep(const State& state, Arena& arena) {
  const Agenda& agenda = state.head().agenda;
  if (!agenda.waves.empty()) return DecideWaveStep(state, arena);
  if (!agenda.searches.empty()) return DecideSearchStep(state, arena);
  return DecideDue(state, arena);
}

}  // namespace slotlog
