#include <limits>

#include "services/reservation/rules.h"

namespace slotlog {
namespace {

constexpr uint32_t kAll = std::numeric_limits<uint32_t>::max();

/// A bit for each; none says all.
template <typename Numbers>
uint32_t SetOf(const Numbers& numbers) {
  if (numbers.empty()) return kAll;
  uint32_t set = 0;
  for (uint32_t number : numbers) set |= 1u << number;
  return set;
}

CohortRules CohortFrom(const v1::Cohort& cohort) {
  return {.born_from = Date{cohort.born_from_yyyymmdd()},
          .born_to = Date{cohort.born_to_yyyymmdd()},
          .regions = {cohort.regions().begin(), cohort.regions().end()},
          .priority_lists = {cohort.priority_lists().begin(),
                             cohort.priority_lists().end()},
          .dose = cohort.dose(),
          .days_since_last_dose_min = cohort.days_since_last_dose_min(),
          .rank = cohort.rank()};
}

RoundRules RoundFrom(const v1::Round& round) {
  return {.opens = absl::FromUnixMillis(round.opens_unix_ms()),
          .closes = absl::FromUnixMillis(round.closes_unix_ms()),
          .opens_local = round.opens_local(),
          .closes_local = round.closes_local(),
          .birth_day_digits = SetOf(round.birth_day_digits()),
          .cohorts = SetOf(round.cohorts()),
          .capacity_share_permille = round.capacity_share_permille()};
}

NextDose NextDoseFrom(const v1::NextDose& next) {
  return {.campaign_id = next.campaign_id(),
          .days_after = next.days_after(),
          .by = next.by()};
}

}  // namespace

CampaignRules RulesFrom(const v1::Campaign& campaign) {
  CampaignRules rules{
      .time_zone = campaign.time_zone(),
      .utc_offset_minutes = campaign.utc_offset_minutes(),
      .dose = campaign.dose(),
      .cohorts = {},
      .rounds = {},
      .hold = absl::Seconds(campaign.hold_seconds()),
      .second_hold = campaign.second_hold(),
      .offer = absl::Seconds(campaign.offer_seconds()),
      .chances = campaign.chances(),
      .seats_per_site_and_day = campaign.seats_per_site_and_day(),
      .next = NextDoseFrom(campaign.next())};
  for (const v1::Cohort& cohort : campaign.cohorts()) {
    rules.cohorts.push_back(CohortFrom(cohort));
  }
  for (const v1::Round& round : campaign.rounds()) {
    rules.rounds.push_back(RoundFrom(round));
  }
  return rules;
}

bool LimitsSites(const CampaignRules& rules) {
  for (const RoundRules& round : rules.rounds) {
    if (round.capacity_share_permille != 0) return true;
  }
  return rules.seats_per_site_and_day != 0;
}

}  // namespace slotlog
