#include "tools/verify/admission.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace slotlog::verify {
namespace {

constexpr int64_t kMinuteMillis = 60'000;

std::chrono::sys_days DayOf(uint32_t yyyymmdd) {
  return std::chrono::year(static_cast<int>(yyyymmdd / 10000)) /
         std::chrono::month(yyyymmdd / 100 % 100) /
         std::chrono::day(yyyymmdd % 100);
}

/// On the campaign's calendar.
std::chrono::sys_days DayAt(int64_t unix_ms, int32_t utc_offset_minutes) {
  const std::chrono::sys_time<std::chrono::milliseconds> local{
      std::chrono::milliseconds(unix_ms + utc_offset_minutes * kMinuteMillis)};
  return std::chrono::floor<std::chrono::days>(local);
}

template <typename Values, typename Value>
bool Contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string WhyNotByDose(const v1::Campaign& campaign, const v1::Cohort& cohort,
                         const Wisher& wisher) {
  const uint32_t dose = cohort.dose() == 0 ? campaign.dose() : cohort.dose();
  if (dose > 0 && wisher.doses != dose - 1) {
    return fmt::format("had {} doses, and this is number {}", wisher.doses,
                       dose);
  }
  const uint32_t wait = cohort.days_since_last_dose_min();
  if (wait == 0 || wisher.doses == 0) return "";
  if (wisher.last_dose_yyyymmdd == 0) {
    return "had the last dose on a day that is not known";
  }
  const auto days =
      DayAt(wisher.asked_at_unix_ms, campaign.utc_offset_minutes()) -
      DayOf(wisher.last_dose_yyyymmdd);
  if (days.count() >= static_cast<int64_t>(wait)) return "";
  return fmt::format(
      "had the last dose on {}, {} days before, and {} must pass",
      wisher.last_dose_yyyymmdd, days.count(), wait);
}

std::string WhyNotOf(const v1::Campaign& campaign, const v1::Cohort& cohort,
                     const Wisher& wisher) {
  const uint32_t born = wisher.birth_date_yyyymmdd;
  if (born < cohort.born_from_yyyymmdd() || born > cohort.born_to_yyyymmdd()) {
    return fmt::format("born {}, not from {} to {}", born,
                       cohort.born_from_yyyymmdd(), cohort.born_to_yyyymmdd());
  }
  if (cohort.regions_size() > 0 && !Contains(cohort.regions(), wisher.region)) {
    return fmt::format("lives in \"{}\", not in one of the regions",
                       wisher.region);
  }
  const auto& lists = cohort.priority_lists();
  const bool is_on_list = std::any_of(
      wisher.priority_lists.begin(), wisher.priority_lists.end(),
      [&](const std::string& list) { return Contains(lists, list); });
  if (!lists.empty() && !is_on_list) return "stands on none of the lists";
  return WhyNotByDose(campaign, cohort, wisher);
}

std::string WhyNotIn(const v1::Round& round, uint32_t cohort,
                     const Wisher& wisher) {
  const int64_t asked_at = wisher.asked_at_unix_ms;
  if (asked_at < round.opens_unix_ms() || asked_at >= round.closes_unix_ms()) {
    return fmt::format("asked at {} ms, outside the window from {} ms to {} ms",
                       asked_at, round.opens_unix_ms(), round.closes_unix_ms());
  }
  const uint32_t digit = wisher.birth_date_yyyymmdd % 10;
  if (round.birth_day_digits_size() > 0 &&
      !Contains(round.birth_day_digits(), digit)) {
    return fmt::format("born on a day that ends in {}, not in one of {}", digit,
                       fmt::join(round.birth_day_digits(), ", "));
  }
  if (round.cohorts_size() > 0 && !Contains(round.cohorts(), cohort)) {
    return "the round is for other cohorts";
  }
  return "";
}

}  // namespace

Wisher Wisher::From(const v1::Profile& profile, int64_t asked_at_unix_ms) {
  return {profile.birth_date_yyyymmdd(),
          profile.region(),
          {profile.priority_lists().begin(), profile.priority_lists().end()},
          profile.doses(),
          profile.last_dose_yyyymmdd(),
          asked_at_unix_ms};
}

Wisher Wisher::From(const v1::Judged& judged, int64_t asked_at_unix_ms) {
  return {judged.birth_date_yyyymmdd(), judged.region(),
          {judged.priority_list()},     judged.doses(),
          judged.last_dose_yyyymmdd(),  asked_at_unix_ms};
}

std::string WhyNotAdmitted(const v1::Campaign& campaign, uint32_t cohort,
                           uint32_t round, const Wisher& wisher) {
  if (cohort >= static_cast<uint32_t>(campaign.cohorts_size())) {
    return fmt::format("there is no cohort {}", cohort);
  }
  if (round >= static_cast<uint32_t>(campaign.rounds_size())) {
    return fmt::format("there is no round {}", round);
  }
  const std::string why =
      WhyNotOf(campaign, campaign.cohorts(static_cast<int>(cohort)), wisher);
  if (!why.empty()) return why;
  return WhyNotIn(campaign.rounds(static_cast<int>(round)), cohort, wisher);
}

bool IsAdmitted(const v1::Campaign& campaign, const Wisher& wisher) {
  for (int cohort = 0; cohort < campaign.cohorts_size(); ++cohort) {
    for (int round = 0; round < campaign.rounds_size(); ++round) {
      if (WhyNotAdmitted(campaign, static_cast<uint32_t>(cohort),
                         static_cast<uint32_t>(round), wisher)
              .empty()) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace slotlog::verify
