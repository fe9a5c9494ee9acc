#include "projections/appointments/appointments_folding.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "projections/appointments/appointment_rows.h"

namespace slotlog {
namespace {

using Status = AppointmentStatus;

/// The campaign's claim, made in its place if it is missing.
projected::ClaimRow& ClaimOf(projected::CitizenRow& citizen,
                             const std::string& campaign_id) {
  auto& claims = *citizen.mutable_claims();
  int place = 0;
  while (place < claims.size() && claims[place].campaign_id() < campaign_id) {
    ++place;
  }
  if (place < claims.size() && claims[place].campaign_id() == campaign_id) {
    return claims[place];
  }
  claims.Add()->set_campaign_id(campaign_id);
  for (int i = claims.size() - 1; i > place; --i) {
    claims.SwapElements(i, i - 1);
  }
  return claims[place];
}

void WaitNoLonger(projected::ClaimRow& claim) {
  claim.set_is_waiting(false);
  claim.clear_waits_at_site_id();
  claim.clear_waits_for_slot_id();
  claim.clear_waits_in_region();
}

void EndMove(projected::ClaimRow& claim) {
  claim.clear_move_offset();
  claim.set_is_giving_back_old(false);
}

void SetStatus(Status status, projected::ClaimRow& claim) {
  claim.set_status(static_cast<uint32_t>(status));
  if (status != Status::kPending) claim.clear_deadline_unix_ms();
}

}  // namespace

void AppointmentsFolding::Fold() {
  for (const v1::Event& event : batch_.events()) Fold(event);
}

template <typename Row>
std::optional<Row> AppointmentsFolding::GetRow(const std::string& key) {
  const auto bytes = rows_.Get(key);
  if (!bytes.has_value()) return std::nullopt;
  Row row;
  if (row.ParseFromString(*bytes)) return row;
  rows_.Fail(absl::DataLossError("an appointment's row cannot be read"));
  return std::nullopt;
}

void AppointmentsFolding::Fold(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kBooked:
      return TakeClaim(event.booked(), Status::kBooked, event.booked().turn(),
                       0);
    case v1::Event::kHeld:
      return TakeClaim(event.held(), Status::kPending, event.held().turn(),
                       event.held().deadline_unix_ms());
    case v1::Event::kHoldConfirmed:
      return TakeClaim(event.hold_confirmed(), Status::kBooked,
                       event.hold_confirmed().seat_turn(), 0);
    case v1::Event::kRescheduled:
      return Move(event.rescheduled());
    case v1::Event::kOffered:
      return Offer(event.offered());
    case v1::Event::kHoldExpired:
      return EndClaim(event.hold_expired(), Status::kCancelled);
    case v1::Event::kCancelled:
      return EndClaim(event.cancelled(), Status::kCancelled);
    case v1::Event::kFulfilled:
      return EndClaim(event.fulfilled(), Status::kFulfilled);
    case v1::Event::kMissed:
      return EndClaim(event.missed(), Status::kNoShow);
    case v1::Event::kSeatLost:
      return Lose(event.seat_lost());
    case v1::Event::kWaiting:
      return Wait(event.waiting());
    case v1::Event::kWaitlistLeft:
      return ChangeClaim(event.waitlist_left(), WaitNoLonger);
    case v1::Event::kOfferWithdrawn:
      return Withdraw(event.offer_withdrawn());
    case v1::Event::kMoveAsked:
      return BeginMove(event.move_asked());
    case v1::Event::kNewSeatTaken:
      return ChangeClaim(event.new_seat_taken(), [](projected::ClaimRow& row) {
        row.set_is_giving_back_old(true);
      });
    case v1::Event::kNewSeatReturned:
      return ChangeClaim(event.new_seat_returned(), EndMove);
    case v1::Event::kCommandRefused:
      return Refuse(event.command_refused());

    case v1::Event::kSlotsOpened:
      return OpenSlots(event.slots_opened());
    case v1::Event::kSeatTaken:
      return TakeSeat(event.seat_taken());
    case v1::Event::kSeatOffered:
      return TakeSeat(event.seat_offered());
    case v1::Event::kSeatReleased:
      return FreeSeat(event.seat_released());
    case v1::Event::kSeatWithdrawn:
      return FreeSeat(event.seat_withdrawn());
    case v1::Event::kSeatConfirmed:
      return ChangeSeat(event.seat_confirmed(), Status::kBooked);
    case v1::Event::kSeatCheckedIn:
      return ChangeSeat(event.seat_checked_in(), Status::kCheckedIn);
    case v1::Event::kDoseGiven:
      return ChangeSeat(event.dose_given(), Status::kFulfilled);
    case v1::Event::kSeatMissed:
      return ChangeSeat(event.seat_missed(), Status::kNoShow);
    case v1::Event::kSeatMoved:
      return MoveSeat(event.seat_moved());
    case v1::Event::kSeatsSwapped:
      MoveSeat(event.seats_swapped().waiting());
      return MoveSeat(event.seats_swapped().asking());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kSeatRefused:
    case v1::Event::kReleaseRefused:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;  // nobody's appointment is another one by it
  }
}

// --- The citizen's shard ---

template <typename Body, typename F>
void AppointmentsFolding::ChangeClaim(const Body& body, F change) {
  std::string key = CitizenRowKey(body.citizen_id());
  auto citizen =
      GetRow<projected::CitizenRow>(key).value_or(projected::CitizenRow());
  change(ClaimOf(citizen, body.campaign_id()));
  rows_.Put(std::move(key), Encode(citizen));
}

template <typename Body>
void AppointmentsFolding::TakeClaim(const Body& body, Status status,
                                    uint32_t turn, int64_t deadline_unix_ms) {
  ChangeClaim(body, [&](projected::ClaimRow& claim) {
    claim.set_site_id(body.site_id());
    claim.set_slot_id(body.slot_id());
    claim.set_seat(body.seat());
    claim.set_seat_turn(turn);
    SetStatus(status, claim);
    if (deadline_unix_ms != 0) claim.set_deadline_unix_ms(deadline_unix_ms);
    WaitNoLonger(claim);
    EndMove(claim);
  });
}

/// A visit that ended stays what it was, whatever is asked of its seat.
template <typename Body>
void AppointmentsFolding::EndClaim(const Body& body, Status status) {
  ChangeClaim(body, [&](projected::ClaimRow& claim) {
    const bool is_missed =
        claim.status() == static_cast<uint32_t>(Status::kNoShow);
    if (is_missed && status == Status::kCancelled) return;
    SetStatus(status, claim);
  });
}

void AppointmentsFolding::Move(const v1::Rescheduled& moved) {
  const bool is_held = moved.outcome() == v1::OUTCOME_HELD;
  TakeClaim(moved, is_held ? Status::kPending : Status::kBooked,
            moved.seat_turn(), moved.deadline_unix_ms());
}

void AppointmentsFolding::Offer(const v1::Offered& offered) {
  const bool is_held = offered.deadline_unix_ms() != 0;
  TakeClaim(offered, is_held ? Status::kPending : Status::kBooked,
            offered.seat_turn(), offered.deadline_unix_ms());
}

/// Of a move, it may be the new seat: that ends with its command.
void AppointmentsFolding::Lose(const v1::SeatLost& lost) {
  ChangeClaim(lost, [&](projected::ClaimRow& claim) {
    if (claim.seat_turn() == lost.seat_turn()) {
      SetStatus(Status::kCancelled, claim);
    }
    if (!lost.waits()) return;
    claim.set_is_waiting(true);
    claim.set_waits_at_site_id(lost.site_id());
    claim.set_waits_for_slot_id(lost.slot_id());
    claim.clear_waits_in_region();
  });
}

void AppointmentsFolding::Wait(const v1::Waiting& waiting) {
  ChangeClaim(waiting, [&](projected::ClaimRow& claim) {
    claim.set_is_waiting(true);
    claim.set_waits_at_site_id(waiting.site_id());
    claim.set_waits_for_slot_id(waiting.slot_id());
    claim.set_waits_in_region(waiting.region());
  });
}

void AppointmentsFolding::Withdraw(const v1::OfferWithdrawn& withdrawn) {
  if (withdrawn.reason() == v1::NOTICE_KIND_UNSPECIFIED) return;
  ChangeClaim(withdrawn, WaitNoLonger);
}

void AppointmentsFolding::BeginMove(const v1::MoveAsked& asked) {
  ChangeClaim(asked, [&](projected::ClaimRow& claim) {
    claim.set_move_offset(asked.command_offset());
    claim.set_is_giving_back_old(false);
  });
}

/// The one refusal that costs a seat: the old one was given back, and the new
/// one was taken back meanwhile.
void AppointmentsFolding::Refuse(const v1::CommandRefused& refused) {
  if (refused.refusal() != v1::REFUSAL_SEAT_GONE) return;
  ChangeClaim(refused, [&](projected::ClaimRow& claim) {
    if (!claim.is_giving_back_old() ||
        claim.move_offset() != refused.command_offset()) {
      return;
    }
    SetStatus(Status::kCancelled, claim);
    EndMove(claim);
  });
}

// --- The slot's shard ---

void AppointmentsFolding::OpenSlots(const v1::SlotsOpened& opened) {
  for (const v1::Slot& slot : opened.slots()) {
    projected::SlotRow row;
    row.set_start_unix_ms(slot.start_unix_ms());
    row.set_end_unix_ms(slot.end_unix_ms());
    row.set_day_yyyymmdd(slot.day_yyyymmdd());
    rows_.Put(SlotRowKey(opened.site_id(), slot.slot_id()), Encode(row));
  }
}

template <typename Body>
void AppointmentsFolding::TakeSeat(const Body& body) {
  projected::SeatRow row;
  row.set_citizen_id(body.citizen_id());
  row.set_campaign_id(body.campaign_id());
  row.set_status(
      static_cast<uint32_t>(body.hold() ? Status::kPending : Status::kBooked));
  rows_.Put(SeatRowKey(body.site_id(), body.slot_id(), body.seat()),
            Encode(row));
}

template <typename Body>
void AppointmentsFolding::FreeSeat(const Body& body) {
  rows_.Erase(SeatRowKey(body.site_id(), body.slot_id(), body.seat()));
}

void AppointmentsFolding::MoveSeat(const v1::SeatMoved& moved) {
  rows_.Erase(
      SeatRowKey(moved.site_id(), moved.from_slot_id(), moved.from_seat()));
  TakeSeat(moved);
}

template <typename Body>
void AppointmentsFolding::ChangeSeat(const Body& body, Status status) {
  std::string key = SeatRowKey(body.site_id(), body.slot_id(), body.seat());
  auto row = GetRow<projected::SeatRow>(key);
  if (!row.has_value()) return;
  row->set_status(static_cast<uint32_t>(status));
  rows_.Put(std::move(key), Encode(*row));
}

}  // namespace slotlog
