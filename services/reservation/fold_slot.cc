#include <algorithm>
#include <utility>

#include "events/digest.h"
#include "services/reservation/agenda.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/fold_steps.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"
#include "services/reservation/supply.h"
#include "services/reservation/waitlist.h"

namespace slotlog {
namespace {

Site& SiteOf(State& state, const std::string& site_id) {
  return state.sites().Mutable(RowKey::Of(SiteId{site_id}));
}

Slot& SlotOf(State& state, const std::string& site_id,
             const std::string& slot_id) {
  return state.slots().Mutable(RowKey::Of(SiteId{site_id}, SlotId{slot_id}));
}

template <typename Body>
Slot& SlotOf(State& state, const Body& body) {
  return SlotOf(state, body.site_id(), body.slot_id());
}

RowKey SeatKeyOf(const std::string& site_id, const std::string& slot_id,
                 uint32_t seat) {
  return RowKey::Of(SiteId{site_id}, SlotId{slot_id}, SeatNumber{seat});
}

template <typename Body>
RowKey SeatKeyOf(const Body& body) {
  return SeatKeyOf(body.site_id(), body.slot_id(), body.seat());
}

template <typename Body>
Seat& SeatOf(State& state, const Body& body) {
  return state.seats().Mutable(SeatKeyOf(body));
}

/// What the campaign takes of the site, if it counts that.
template <typename Body>
void CountSeat(const Body& body, Date day, int32_t more, State& state) {
  if (!body.is_counted()) return;
  CountSeat(SiteId{body.site_id()}, CampaignId{body.campaign_id()}, day, more,
            state);
}

template <typename Body>
void TakeSeat(const Body& taken, State& state) {
  Slot& slot = SlotOf(state, taken);
  ++slot.taken;
  slot.last_seat = SeatNumber{taken.seat()};
  CountSeat(taken, slot.day, +1, state);
  state.seats().Put(
      SeatKeyOf(taken),
      {.citizen_id = taken.citizen_id(),
       .campaign_id = taken.campaign_id(),
       .turn = Turn{taken.turn()},
       .state = taken.hold() ? SeatState::kHeld : SeatState::kBooked});
}

/// A capacity that is being lowered falls with the seats taken.
template <typename Body>
void FreeSeat(const Body& freed, const std::string& slot_id, uint32_t seat,
              State& state) {
  state.seats().Erase(SeatKeyOf(freed.site_id(), slot_id, seat));
  Slot& slot = SlotOf(state, freed.site_id(), slot_id);
  --slot.taken;
  CountSeat(freed, slot.day, -1, state);
  if (slot.lowered_to.has_value()) {
    slot.capacity = std::max(*slot.lowered_to, slot.taken);
    if (slot.taken <= *slot.lowered_to) slot.lowered_to.reset();
  }
  OfferFreeSeats(freed.site_id(), slot_id, state);
}

void MoveSeat(const v1::SeatMoved& moved, State& state) {
  FreeSeat(moved, moved.from_slot_id(), moved.from_seat(), state);
  TakeSeat(moved, state);
}

/// The move of this citizen and turn is delayed no longer.
template <typename Body>
void DropDelayedMove(const Body& body, State& state) {
  std::erase_if(SiteOf(state, body.site_id()).delayed_moves,
                [&](const DelayedMove& move) {
                  return move.turn.value == body.turn() &&
                         move.citizen_id == body.citizen_id() &&
                         move.campaign_id == body.campaign_id();
                });
}

/// What operators stated, also while it is still being lowered to that.
int32_t StatedCapacity(const Slot& slot) {
  return slot.lowered_to.value_or(slot.capacity);
}

void AddOpenCapacity(int64_t more, const std::string& site_id, State& state) {
  SiteOf(state, site_id).open_capacity += more;
}

void CloseSlot(const std::string& site_id, const std::string& slot_id,
               State& state) {
  Slot& slot = SlotOf(state, site_id, slot_id);
  if (slot.closed) return;
  slot.closed = true;
  AddOpenCapacity(-int64_t{StatedCapacity(slot)}, site_id, state);
}

/// As people there count days.
absl::Time BeginOfDay(absl::Time time, int32_t utc_offset_minutes) {
  const absl::TimeZone zone = absl::FixedTimeZone(60 * utc_offset_minutes);
  return absl::FromCivil(absl::ToCivilDay(time, zone), zone);
}

/// At the same site, as the campaign says.
void SearchForNextDose(const v1::DoseGiven& given, State& state) {
  const Campaign* campaign =
      state.campaigns().Find(RowKey::Of(CampaignId{given.campaign_id()}));
  if (campaign == nullptr) return;
  const CampaignRules& rules =
      campaign->at(VersionAt(*campaign, state.head().now)).rules;
  const NextDose& next = rules.next;
  if (next.campaign_id.empty()) return;
  const CampaignId next_campaign{next.campaign_id};
  if (state.campaigns().Find(RowKey::Of(next_campaign)) == nullptr) return;
  if (next.by == v1::NEXT_DOSE_BY_OFFERED &&
      OfferTime(state, next_campaign) == absl::ZeroDuration()) {
    return;
  }
  Search& search = state.head().agenda.searches.emplace_back();
  search.site_id = given.site_id();
  search.next.campaign_id = next.campaign_id;
  search.by = next.by;
  search.citizen_id = given.citizen_id();
  search.not_before =
      BeginOfDay(SlotOf(state, given).start, rules.utc_offset_minutes) +
      absl::Hours(24 * next.days_after);
}

}  // namespace

// --- What operators set up ---

void Apply(const v1::SiteDefined& defined, State& state) {
  state.sites().Put(RowKey::Of(SiteId{defined.site().site_id()}),
                    SiteFrom(defined.site()));
}

void Apply(const v1::SlotsOpened& opened, State& state) {
  Site& site = SiteOf(state, opened.site_id());
  for (const v1::Slot& slot : opened.slots()) {
    site.slot_ids.push_back(slot.slot_id());
    site.open_capacity += slot.capacity();
  }
  const absl::Time soon = state.head().decided_at + absl::Seconds(1);
  for (const v1::Slot& opening : opened.slots()) {
    const Slot slot = SlotFrom(opening);
    state.slots().Put(
        RowKey::Of(SiteId{opened.site_id()}, SlotId{opening.slot_id()}), slot);
    AddDue(std::max(slot.end + kMissedAfter, soon),
           {.kind = DueKind::kSlotEnd,
            .citizen_id = {},
            .campaign_id = {},
            .turn = {},
            .site_id = opened.site_id(),
            .slot_id = opening.slot_id()},
           state);
    OfferFreeSeats(opened.site_id(), opening.slot_id(), state);
  }
}

void Apply(const v1::CapacityChanged& changed, State& state) {
  Slot& slot = SlotOf(state, changed);
  if (!slot.closed) {
    AddOpenCapacity(int64_t{changed.capacity()} - StatedCapacity(slot),
                    changed.site_id(), state);
  }
  slot.lowered_to.reset();
  if (!changed.release_excess()) {
    slot.capacity = changed.capacity();
    return OfferFreeSeats(changed.site_id(), changed.slot_id(), state);
  }
  slot.lowered_to = changed.capacity();
  slot.capacity = slot.taken;
  // One on its way began before the latest seats were taken.
  std::erase_if(state.head().agenda.waves, [&](const Wave& wave) {
    return wave.kind == Wave::Kind::kLower &&
           wave.site_id == changed.site_id() &&
           wave.slot_id == changed.slot_id();
  });
  AddWave({.kind = Wave::Kind::kLower,
           .site_id = changed.site_id(),
           .slot_id = changed.slot_id(),
           .slot_index = 0,
           .next = {}},
          state);
}

void Apply(const v1::SlotClosed& closed, State& state) {
  CloseSlot(closed.site_id(), closed.slot_id(), state);
  if (!closed.withdraw()) return;
  AddWave({.kind = Wave::Kind::kWithdraw,
           .site_id = closed.site_id(),
           .slot_id = closed.slot_id(),
           .slot_index = 0,
           .next = {}},
          state);
}

void Apply(const v1::SiteClosed& closed, State& state) {
  Site& site = SiteOf(state, closed.site_id());
  site.closed = true;
  const std::vector<std::string> slot_ids = site.slot_ids;
  for (const std::string& slot_id : slot_ids) {
    CloseSlot(closed.site_id(), slot_id, state);
  }
  AddWave({.kind = Wave::Kind::kWithdraw,
           .site_id = closed.site_id(),
           .slot_id = {},
           .slot_index = 0,
           .next = {}},
          state);
}

// --- Seats ---

void Apply(const v1::SeatTaken& taken, State& state) { TakeSeat(taken, state); }

void Apply(const v1::SeatReleased& released, State& state) {
  FreeSeat(released, released.slot_id(), released.seat(), state);
}

void Apply(const v1::SeatConfirmed& confirmed, State& state) {
  SeatOf(state, confirmed).state = SeatState::kBooked;
}

void Apply(const v1::SeatRefused& refused, State& state) {
  if (refused.agenda_entries() == 0) return;
  DropDelayedMove(refused, state);
  PassDue(refused.agenda_entries(), state);
}

void Apply(const v1::SeatMoved& moved, State& state) { MoveSeat(moved, state); }

void Apply(const v1::SeatsSwapped& swapped, State& state) {
  DropDelayedMove(swapped.waiting(), state);
  MoveSeat(swapped.waiting(), state);
  MoveSeat(swapped.asking(), state);
}

void Apply(const v1::MoveDelayed& delayed, State& state) {
  SiteOf(state, delayed.site_id())
      .delayed_moves.push_back(
          {.citizen_id = delayed.citizen_id(),
           .campaign_id = delayed.campaign_id(),
           .turn = Turn{delayed.turn()},
           .hold = delayed.hold(),
           .is_counted = delayed.is_counted(),
           .version = Version{delayed.campaign_version()},
           .slot_id = delayed.slot_id(),
           .from_slot_id = delayed.from_slot_id(),
           .from_seat = SeatNumber{delayed.from_seat()},
           .from_seat_turn = Turn{delayed.from_seat_turn()}});
  AddDue(absl::FromUnixMillis(delayed.until_unix_ms()),
         {.kind = DueKind::kDelayedMove,
          .citizen_id = delayed.citizen_id(),
          .campaign_id = delayed.campaign_id(),
          .turn = Turn{delayed.turn()},
          .site_id = delayed.site_id(),
          .slot_id = {}},
         state);
}

void Apply(const v1::SeatWithdrawn& withdrawn, State& state) {
  FreeSeat(withdrawn, withdrawn.slot_id(), withdrawn.seat(), state);
  PassSeats(withdrawn.seats_passed(), state);
  if (!withdrawn.waits()) return;
  AddWaiter({withdrawn.site_id(), withdrawn.slot_id()}, withdrawn.campaign_id(),
            kOrderOfReleased,
            {.citizen_id = withdrawn.citizen_id(),
             .turn = Turn{withdrawn.seat_turn()},
             .from = absl::UnixEpoch(),
             .to = absl::InfiniteFuture()},
            state);
}

void Apply(const v1::SeatOffered& offered, State& state) {
  LeaveWaitlist(offered, state);
  TakeSeat(offered, state);
}

// --- Visits ---

void Apply(const v1::SeatCheckedIn& checked_in, State& state) {
  SeatOf(state, checked_in).state = SeatState::kCheckedIn;
}

void Apply(const v1::DoseGiven& given, State& state) {
  Seat& seat = SeatOf(state, given);
  seat.state = SeatState::kFulfilled;
  seat.dose_digest = DigestOfDose(given);
  SearchForNextDose(given, state);
}

void Apply(const v1::SlotEnded& ended, State& state) {
  PassDue(ended.agenda_entries(), state);
  AddWave({.kind = Wave::Kind::kMiss,
           .site_id = ended.site_id(),
           .slot_id = ended.slot_id(),
           .slot_index = 0,
           .next = {}},
          state);
}

void Apply(const v1::SeatMissed& missed, State& state) {
  SeatOf(state, missed).state = SeatState::kMissed;
  if (missed.seats_passed() > 0) PassSeats(missed.seats_passed(), state);
}

}  // namespace slotlog
