#include <absl/time/time.h>
#include <fmt/format.h>

#include "events/ids.h"
#include "services/reservation/limits.h"
#include "services/reservation/validate_fields.h"

namespace slotlog {
namespace {

constexpr int32_t kUtcOffsetMinutesMax = 18 * 60;
constexpr uint32_t kDigitMax = 9;
constexpr int kDigitsMax = 10;
constexpr uint32_t kShareMax = 1000;  // permille

MaybeFault FaultIn(const v1::Cohort& cohort, uint32_t campaign_dose,
                   const std::string& path) {
  if (auto fault = FaultInDate(cohort.born_from_yyyymmdd(),
                               path + "born_from_yyyymmdd")) {
    return fault;
  }
  if (auto fault =
          FaultInDate(cohort.born_to_yyyymmdd(), path + "born_to_yyyymmdd")) {
    return fault;
  }
  if (cohort.born_to_yyyymmdd() < cohort.born_from_yyyymmdd()) {
    return Fault{v1::REFUSAL_INTERVAL_NOT_POSITIVE, path + "born_to_yyyymmdd"};
  }
  if (cohort.regions_size() > kNamesPerCohortMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, path + "regions"};
  }
  if (auto fault = FaultInNames(cohort.regions(), path + "regions")) {
    return fault;
  }
  if (cohort.priority_lists_size() > kNamesPerCohortMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, path + "priority_lists"};
  }
  if (auto fault =
          FaultInNames(cohort.priority_lists(), path + "priority_lists")) {
    return fault;
  }
  if (auto fault = FaultInNumber(cohort.dose(), kDosesMax, path + "dose")) {
    return fault;
  }
  if (campaign_dose != 0 && cohort.dose() != 0 &&
      cohort.dose() != campaign_dose) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, path + "dose"};
  }
  return FaultInNumber(cohort.days_since_last_dose_min(), kDaysMax,
                       path + "days_since_last_dose_min");
}

/// The words must be the instant that counts, or they would lie to readers.
MaybeFault FaultInLocal(const std::string& local, int64_t unix_ms,
                        const std::string& field) {
  if (local.empty()) return std::nullopt;
  if (local.size() > kNameBytesMax) {
    return Fault{v1::REFUSAL_TEXT_TOO_LONG, field};
  }
  absl::Time said;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, local, &said, &error) ||
      said != absl::FromUnixMillis(unix_ms)) {
    return Fault{v1::REFUSAL_LOCAL_TIME_DISAGREES, field};
  }
  return std::nullopt;
}

/// Each below `end`.
template <typename Numbers>
MaybeFault FaultInNumbers(const Numbers& numbers, int size_max, uint32_t max,
                          const std::string& field) {
  if (numbers.size() > size_max) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, field};
  }
  for (int i = 0; i < numbers.size(); ++i) {
    if (numbers[i] > max) {
      return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE,
                   fmt::format("{}[{}]", field, i)};
    }
  }
  return std::nullopt;
}

MaybeFault FaultIn(const v1::Round& round, int cohorts,
                   const std::string& path) {
  if (auto fault =
          FaultInInterval(round.opens_unix_ms(), round.closes_unix_ms(),
                          path + "opens_unix_ms", path + "closes_unix_ms")) {
    return fault;
  }
  if (auto fault = FaultInLocal(round.opens_local(), round.opens_unix_ms(),
                                path + "opens_local")) {
    return fault;
  }
  if (auto fault = FaultInLocal(round.closes_local(), round.closes_unix_ms(),
                                path + "closes_local")) {
    return fault;
  }
  if (auto fault = FaultInNumbers(round.birth_day_digits(), kDigitsMax,
                                  kDigitMax, path + "birth_day_digits")) {
    return fault;
  }
  if (auto fault = FaultInNumbers(round.cohorts(), kCohortsMax,
                                  static_cast<uint32_t>(cohorts) - 1,
                                  path + "cohorts")) {
    return fault;
  }
  return FaultInNumber(round.capacity_share_permille(), kShareMax,
                       path + "capacity_share_permille");
}

MaybeFault FaultIn(const v1::NextDose& next, const std::string& path) {
  if (auto fault = FaultInId(next.campaign_id(), path + "campaign_id")) {
    return fault;
  }
  if (auto fault =
          FaultInNumber(next.days_after(), kDaysMax, path + "days_after")) {
    return fault;
  }
  if (next.by() == v1::NEXT_DOSE_BY_UNSPECIFIED ||
      !v1::NextDoseBy_IsValid(next.by())) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, path + "by"};
  }
  return std::nullopt;
}

MaybeFault FaultInCohorts(const v1::Campaign& campaign,
                          const std::string& path) {
  if (campaign.cohorts().empty()) {
    return Fault{v1::REFUSAL_LIST_EMPTY, path + "cohorts"};
  }
  if (campaign.cohorts_size() > kCohortsMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, path + "cohorts"};
  }
  for (int i = 0; i < campaign.cohorts_size(); ++i) {
    if (auto fault = FaultIn(campaign.cohorts(i), campaign.dose(),
                             fmt::format("{}cohorts[{}].", path, i))) {
      return fault;
    }
  }
  return std::nullopt;
}

MaybeFault FaultInRounds(const v1::Campaign& campaign,
                         const std::string& path) {
  if (campaign.rounds().empty()) {
    return Fault{v1::REFUSAL_LIST_EMPTY, path + "rounds"};
  }
  if (campaign.rounds_size() > kRoundsMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, path + "rounds"};
  }
  for (int i = 0; i < campaign.rounds_size(); ++i) {
    if (auto fault = FaultIn(campaign.rounds(i), campaign.cohorts_size(),
                             fmt::format("{}rounds[{}].", path, i))) {
      return fault;
    }
  }
  return std::nullopt;
}

/// What is about seats that are held, offered and limited.
MaybeFault FaultInSeats(const v1::Campaign& campaign, const std::string& path) {
  if (auto fault = FaultInNumber(campaign.hold_seconds(), kHoldSecondsMax,
                                 path + "hold_seconds")) {
    return fault;
  }
  if (!v1::SecondHold_IsValid(campaign.second_hold())) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, path + "second_hold"};
  }
  if (auto fault = FaultInNumber(campaign.offer_seconds(), kHoldSecondsMax,
                                 path + "offer_seconds")) {
    return fault;
  }
  if (auto fault =
          FaultInNumber(campaign.chances(), kChancesMax, path + "chances")) {
    return fault;
  }
  if (auto fault = FaultInNumber(campaign.seats_per_site_and_day(),
                                 uint32_t{kSlotCapacityMax},
                                 path + "seats_per_site_and_day")) {
    return fault;
  }
  if (!campaign.has_next()) return std::nullopt;
  return FaultIn(campaign.next(), path + "next.");
}

}  // namespace

MaybeFault FaultInCampaign(const v1::Campaign& campaign,
                           const std::string& path) {
  if (auto fault = FaultInId(campaign.campaign_id(), path + "campaign_id")) {
    return fault;
  }
  if (campaign.time_zone().size() > kNameBytesMax) {
    return Fault{v1::REFUSAL_TEXT_TOO_LONG, path + "time_zone"};
  }
  const int32_t offset = campaign.utc_offset_minutes();
  if (offset < -kUtcOffsetMinutesMax || offset > kUtcOffsetMinutesMax) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, path + "utc_offset_minutes"};
  }
  if (auto fault = FaultInNumber(campaign.dose(), kDosesMax, path + "dose")) {
    return fault;
  }
  if (auto fault = FaultInCohorts(campaign, path)) return fault;
  if (auto fault = FaultInRounds(campaign, path)) return fault;
  return FaultInSeats(campaign, path);
}

}  // namespace slotlog
