#include "projections/appointments/appointments.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "projections/appointments/appointment_rows.h"
#include "projections/appointments/appointments_folding.h"
#include "projections/appointments/rows.pb.h"

namespace slotlog {
namespace {

/// Of one site, looked at for one day.
constexpr size_t kSlotsMax = 100'000;

template <typename Row>
absl::StatusOr<std::optional<Row>> FindRow(const Rows& rows,
                                           const std::string& key) {
  auto found = rows.Find(key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  Row row;
  if (!row.ParseFromString(**found)) {
    return absl::DataLossError("an appointment's row cannot be read");
  }
  return row;
}

bool HasSeat(AppointmentStatus status) {
  switch (status) {
    case AppointmentStatus::kPending:
    case AppointmentStatus::kBooked:
    case AppointmentStatus::kCheckedIn:
    case AppointmentStatus::kFulfilled:
      return true;
    case AppointmentStatus::kWaitlist:
    case AppointmentStatus::kCancelled:
    case AppointmentStatus::kNoShow:
      return false;
  }
  return false;
}

void SetTimes(const projected::SlotRow& slot, Appointment& appointment) {
  appointment.start = absl::FromUnixMillis(slot.start_unix_ms());
  appointment.end = absl::FromUnixMillis(slot.end_unix_ms());
}

/// As far as the citizen's shard knows. None: there is nothing to tell.
std::optional<Appointment> AppointmentFrom(CitizenId citizen,
                                           const projected::ClaimRow& claim) {
  Appointment appointment{.citizen_id = std::string(citizen.value),
                          .campaign_id = claim.campaign_id()};
  const auto status = static_cast<AppointmentStatus>(claim.status());
  if (claim.is_waiting() && !HasSeat(status)) {
    appointment.status = AppointmentStatus::kWaitlist;
    appointment.site_id = claim.waits_at_site_id();
    appointment.slot_id = claim.waits_for_slot_id();
    appointment.region = claim.waits_in_region();
    return appointment;
  }
  if (claim.status() == 0) return std::nullopt;
  appointment.status = status;
  appointment.site_id = claim.site_id();
  appointment.slot_id = claim.slot_id();
  appointment.seat = SeatNumber{claim.seat()};
  if (claim.deadline_unix_ms() != 0) {
    appointment.deadline = absl::FromUnixMillis(claim.deadline_unix_ms());
  }
  return appointment;
}

}  // namespace

std::string_view NameOf(AppointmentStatus status) {
  switch (status) {
    case AppointmentStatus::kPending:
      return "pending";
    case AppointmentStatus::kBooked:
      return "booked";
    case AppointmentStatus::kWaitlist:
      return "waitlist";
    case AppointmentStatus::kCheckedIn:
      return "checked-in";
    case AppointmentStatus::kFulfilled:
      return "fulfilled";
    case AppointmentStatus::kCancelled:
      return "cancelled";
    case AppointmentStatus::kNoShow:
      return "noshow";
  }
  return "";
}

Appointments::Appointments(std::unique_ptr<Rows> rows)
    : Projection(std::move(rows)) {}

void Appointments::Fold(const v1::EventBatch& batch) {
  AppointmentsFolding(batch, rows()).Fold();
}

absl::StatusOr<std::vector<Appointment>> Appointments::OfCitizen(
    CitizenId citizen) const {
  auto row =
      FindRow<projected::CitizenRow>(rows(), CitizenRowKey(citizen.value));
  if (!row.ok()) return row.status();
  std::vector<Appointment> appointments;
  if (!row->has_value()) return appointments;
  for (const projected::ClaimRow& claim : (*row)->claims()) {
    auto appointment = AppointmentFrom(citizen, claim);
    if (!appointment.has_value()) continue;
    auto seen = AddWhatTheSiteKnows(*appointment);
    if (!seen.ok()) return seen;
    appointments.push_back(*std::move(appointment));
  }
  return appointments;
}

absl::Status Appointments::AddWhatTheSiteKnows(Appointment& appointment) const {
  if (appointment.slot_id.empty()) return absl::OkStatus();
  auto slot = FindRow<projected::SlotRow>(
      rows(), SlotRowKey(appointment.site_id, appointment.slot_id));
  if (!slot.ok()) return slot.status();
  if (slot->has_value()) SetTimes(**slot, appointment);
  if (appointment.status != AppointmentStatus::kBooked) return absl::OkStatus();
  auto seat = FindRow<projected::SeatRow>(
      rows(), SeatRowKey(appointment.site_id, appointment.slot_id,
                         appointment.seat.value));
  if (!seat.ok()) return seat.status();
  const bool is_checked_in =
      seat->has_value() && (*seat)->citizen_id() == appointment.citizen_id &&
      (*seat)->campaign_id() == appointment.campaign_id &&
      (*seat)->status() == static_cast<uint32_t>(AppointmentStatus::kCheckedIn);
  if (is_checked_in) appointment.status = AppointmentStatus::kCheckedIn;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Appointment>> Appointments::OfSite(
    SiteId site, uint32_t day_yyyymmdd, size_t max) const {
  std::map<std::string, projected::SlotRow, std::less<>> slots;
  absl::Status damage;
  const auto add_slot = [&](std::string_view key, std::string_view value) {
    KeyReader ids(key);
    ids.Id();
    projected::SlotRow slot;
    if (!slot.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      damage = absl::DataLossError("a slot's row cannot be read");
      return false;
    }
    if (slot.day_yyyymmdd() == day_yyyymmdd) slots.emplace(ids.Id(), slot);
    return slots.size() < kSlotsMax;
  };
  absl::Status scanned = rows().Scan(SlotRowsKey(site.value), add_slot);

  std::vector<Appointment> appointments;
  const auto add_seat = [&](std::string_view key, std::string_view value) {
    KeyReader ids(key);
    ids.Id();
    const auto slot = slots.find(ids.Id());
    if (slot == slots.end()) return true;
    projected::SeatRow seat;
    if (!seat.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      damage = absl::DataLossError("a seat's row cannot be read");
      return false;
    }
    Appointment& appointment = appointments.emplace_back(
        Appointment{.citizen_id = seat.citizen_id(),
                    .campaign_id = seat.campaign_id(),
                    .status = static_cast<AppointmentStatus>(seat.status()),
                    .site_id = std::string(site.value),
                    .slot_id = slot->first});
    appointment.seat = SeatNumber{static_cast<uint32_t>(ids.Number(4))};
    SetTimes(slot->second, appointment);
    return true;
  };
  scanned.Update(rows().Scan(SeatRowsKey(site.value), add_seat));
  scanned.Update(damage);
  if (!scanned.ok()) return scanned;
  // Keys are in order of the ids' lengths first.
  std::sort(appointments.begin(), appointments.end(),
            [](const Appointment& a, const Appointment& b) {
              return std::tie(a.slot_id, a.seat) < std::tie(b.slot_id, b.seat);
            });
  if (appointments.size() > max) appointments.resize(max);
  return appointments;
}

}  // namespace slotlog
