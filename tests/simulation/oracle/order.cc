#include "tests/simulation/oracle/order.h"

#include <absl/time/time.h>

#include "tests/simulation/oracle/faults.h"

namespace slotlog::oracle {
namespace {

constexpr int kSlotsAtOnce = 128;
constexpr int kCohorts = 32;
constexpr int kRounds = 64;
constexpr int kNamesOfCohort = 64;
constexpr int64_t kDoses = 99;
constexpr int64_t kDays = 3660;
constexpr int64_t kSecondsOfDay = 24 * 60 * 60;
constexpr int64_t kChances = 1'000;
constexpr int64_t kSeats = 1'000'000;
constexpr int64_t kUtcOffsetMinutes = 18 * 60;

void LookAt(const v1::OpenSlots& open, Faults& faults) {
  faults.LookAtIds({open.site_id()});
  faults.AddIf(open.slots().empty(), v1::REFUSAL_LIST_EMPTY);
  faults.AddIf(open.slots_size() > kSlotsAtOnce, v1::REFUSAL_LIST_TOO_LONG);
  std::set<std::string> seen;
  for (const v1::Slot& slot : open.slots()) {
    faults.LookAtIds({slot.slot_id()});
    faults.LookAtInterval(slot.start_unix_ms(), slot.end_unix_ms());
    faults.LookAtCapacity(slot.capacity());
    faults.LookAtText(slot.product());
    if (slot.day_yyyymmdd() != 0) faults.LookAtDate(slot.day_yyyymmdd());
    faults.AddIf(!seen.insert(slot.slot_id()).second,
                 v1::REFUSAL_SLOT_REPEATED);
  }
}

void LookAt(const v1::Cohort& cohort, uint32_t campaign_dose, Faults& faults) {
  faults.LookAtDate(cohort.born_from_yyyymmdd());
  faults.LookAtDate(cohort.born_to_yyyymmdd());
  faults.AddIf(cohort.born_to_yyyymmdd() < cohort.born_from_yyyymmdd(),
               v1::REFUSAL_INTERVAL_NOT_POSITIVE);
  faults.LookAtNames(cohort.regions(), kNamesOfCohort);
  faults.LookAtNames(cohort.priority_lists(), kNamesOfCohort);
  faults.LookAtNumber(cohort.dose(), 0, kDoses);
  if (campaign_dose != 0 && cohort.dose() != 0) {
    faults.LookAtNumber(cohort.dose(), campaign_dose, campaign_dose);
  }
  faults.LookAtNumber(cohort.days_since_last_dose_min(), 0, kDays);
}

void LookAtLocal(const std::string& local, int64_t unix_ms, Faults& faults) {
  if (local.empty()) return;
  faults.LookAtName(local);
  absl::Time said;
  const bool is_so =
      absl::ParseTime(absl::RFC3339_full, local, &said, nullptr) &&
      said == absl::FromUnixMillis(unix_ms);
  faults.AddIf(!is_so, v1::REFUSAL_LOCAL_TIME_DISAGREES);
}

void LookAt(const v1::Round& round, int cohorts, Faults& faults) {
  faults.LookAtInterval(round.opens_unix_ms(), round.closes_unix_ms());
  LookAtLocal(round.opens_local(), round.opens_unix_ms(), faults);
  LookAtLocal(round.closes_local(), round.closes_unix_ms(), faults);
  faults.AddIf(round.birth_day_digits_size() > 10, v1::REFUSAL_LIST_TOO_LONG);
  for (const uint32_t digit : round.birth_day_digits()) {
    faults.LookAtNumber(digit, 0, 9);
  }
  faults.AddIf(round.cohorts_size() > kCohorts, v1::REFUSAL_LIST_TOO_LONG);
  for (const uint32_t cohort : round.cohorts()) {
    faults.LookAtNumber(cohort, 0, cohorts - 1);
  }
  faults.LookAtNumber(round.capacity_share_permille(), 0, 1000);
}

void LookAt(const v1::Campaign& campaign, Faults& faults) {
  faults.LookAtIds({campaign.campaign_id()});
  faults.LookAtName(campaign.time_zone());
  faults.LookAtNumber(campaign.utc_offset_minutes(), -kUtcOffsetMinutes,
                      kUtcOffsetMinutes);
  faults.LookAtNumber(campaign.dose(), 0, kDoses);
  faults.AddIf(campaign.cohorts().empty(), v1::REFUSAL_LIST_EMPTY);
  faults.AddIf(campaign.cohorts_size() > kCohorts, v1::REFUSAL_LIST_TOO_LONG);
  for (const v1::Cohort& cohort : campaign.cohorts()) {
    LookAt(cohort, campaign.dose(), faults);
  }
  faults.AddIf(campaign.rounds().empty(), v1::REFUSAL_LIST_EMPTY);
  faults.AddIf(campaign.rounds_size() > kRounds, v1::REFUSAL_LIST_TOO_LONG);
  for (const v1::Round& round : campaign.rounds()) {
    LookAt(round, campaign.cohorts_size(), faults);
  }
  faults.LookAtNumber(campaign.hold_seconds(), 0, kSecondsOfDay);
  faults.AddIf(!v1::SecondHold_IsValid(campaign.second_hold()),
               v1::REFUSAL_NUMBER_OUT_OF_RANGE);
  faults.LookAtNumber(campaign.offer_seconds(), 0, kSecondsOfDay);
  faults.LookAtNumber(campaign.chances(), 0, kChances);
  faults.LookAtNumber(campaign.seats_per_site_and_day(), 0, kSeats);
  if (!campaign.has_next()) return;
  faults.LookAtIds({campaign.next().campaign_id()});
  faults.LookAtNumber(campaign.next().days_after(), 0, kDays);
  faults.LookAtNumber(campaign.next().by(), 1, v1::NextDoseBy_MAX);
}

template <typename Visit>
void LookAtVisit(const Visit& visit, Faults& faults) {
  faults.LookAtIds({visit.site_id(), visit.slot_id(), visit.citizen_id()});
}

}  // namespace

std::set<v1::Refusal> FaultsOf(const v1::Operation& operation) {
  Faults faults;
  faults.LookAtIds({operation.operation_id()});
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      faults.LookAtIds({operation.define_site().site_id()});
      faults.LookAtText(operation.define_site().name());
      faults.LookAtText(operation.define_site().region());
      break;
    case v1::Operation::kOpenSlots:
      LookAt(operation.open_slots(), faults);
      break;
    case v1::Operation::kChangeCapacity:
      faults.LookAtIds({operation.change_capacity().site_id(),
                        operation.change_capacity().slot_id()});
      faults.LookAtCapacity(operation.change_capacity().capacity());
      break;
    case v1::Operation::kCloseSlot:
      faults.LookAtIds(
          {operation.close_slot().site_id(), operation.close_slot().slot_id()});
      break;
    case v1::Operation::kCloseSite:
      faults.LookAtIds({operation.close_site().site_id()});
      break;
    case v1::Operation::kCheckIn:
      LookAtVisit(operation.check_in(), faults);
      break;
    case v1::Operation::kGiveDose:
      LookAtVisit(operation.give_dose(), faults);
      faults.LookAtText(operation.give_dose().product());
      faults.LookAtText(operation.give_dose().lot());
      break;
    case v1::Operation::kDefineCampaign:
      LookAt(operation.define_campaign().campaign(), faults);
      break;
    case v1::Operation::kChangeCampaign:
      LookAt(operation.change_campaign().campaign(), faults);
      faults.LookAtInstant(operation.change_campaign().effective_unix_ms());
      break;
    case v1::Operation::ACTION_NOT_SET:
      faults.AddIf(true, v1::REFUSAL_ACTION_MISSING);
      break;
  }
  return faults.all();
}

std::string KeyOf(const v1::Operation& operation) {
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return operation.define_site().site_id();
    case v1::Operation::kOpenSlots:
      return operation.open_slots().site_id();
    case v1::Operation::kChangeCapacity:
      return operation.change_capacity().site_id();
    case v1::Operation::kCloseSlot:
      return operation.close_slot().site_id();
    case v1::Operation::kCloseSite:
      return operation.close_site().site_id();
    case v1::Operation::kCheckIn:
      return operation.check_in().site_id();
    case v1::Operation::kGiveDose:
      return operation.give_dose().site_id();
    case v1::Operation::kDefineCampaign:
      return operation.define_campaign().campaign().campaign_id();
    case v1::Operation::kChangeCampaign:
      return operation.change_campaign().campaign().campaign_id();
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  return "";
}

}  // namespace slotlog::oracle
