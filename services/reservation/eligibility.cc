#include "services/reservation/eligibility.h"

#include <absl/time/civil_time.h>

#include <algorithm>
#include <bit>

namespace slotlog {
namespace {

/// The first condition of a cohort that does not fit: later is closer.
enum class CohortMisfit : uint8_t {
  kBirthDate,
  kRegion,
  kPriorityList,
  kDose,
  kDaysSinceLastDose,
  kNone,
};

/// Why a round is not the one: later is closer.
enum class RoundMisfit : uint8_t {
  kOtherCohorts,
  kOtherBirthdays,
  kOver,
  kAhead,
  kOtherBirthdaysNow,
  kNone,
};

v1::Refusal RefusalOf(CohortMisfit misfit) {
  switch (misfit) {
    case CohortMisfit::kBirthDate:
      return v1::REFUSAL_NOT_ELIGIBLE;
    case CohortMisfit::kRegion:
      return v1::REFUSAL_WRONG_REGION;
    case CohortMisfit::kPriorityList:
      return v1::REFUSAL_NOT_ON_LIST;
    case CohortMisfit::kDose:
      return v1::REFUSAL_WRONG_DOSE;
    case CohortMisfit::kDaysSinceLastDose:
      return v1::REFUSAL_TOO_SOON_AFTER_LAST_DOSE;
    case CohortMisfit::kNone:
      break;
  }
  return v1::REFUSAL_UNSPECIFIED;
}

v1::Refusal RefusalOf(RoundMisfit misfit) {
  switch (misfit) {
    case RoundMisfit::kOtherCohorts:
      return v1::REFUSAL_NOT_ELIGIBLE;
    case RoundMisfit::kOtherBirthdays:
    case RoundMisfit::kOtherBirthdaysNow:
      return v1::REFUSAL_NOT_YOUR_DAY;
    case RoundMisfit::kOver:
      return v1::REFUSAL_WINDOW_OVER;
    case RoundMisfit::kAhead:
      return v1::REFUSAL_WINDOW_NOT_OPEN;
    case RoundMisfit::kNone:
      break;
  }
  return v1::REFUSAL_UNSPECIFIED;
}

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Null: on none of them.
const std::string* FindList(const CohortRules& cohort,
                            const v1::Profile& profile) {
  for (const std::string& list : profile.priority_lists()) {
    if (Holds(cohort.priority_lists, list)) return &list;
  }
  return nullptr;
}

uint32_t DoseOf(const CohortRules& cohort, const CampaignRules& rules) {
  return cohort.dose != 0 ? cohort.dose : rules.dose;
}

absl::CivilDay DayOf(Date date) {
  return absl::CivilDay(date.value / 10000, date.value / 100 % 100,
                        date.value % 100);
}

/// The day by the campaign's calendar.
absl::CivilDay DayAt(absl::Time asked_at, const CampaignRules& rules) {
  return absl::ToCivilDay(asked_at + absl::Minutes(rules.utc_offset_minutes),
                          absl::UTCTimeZone());
}

bool HasWaited(const CohortRules& cohort, const CampaignRules& rules,
               const v1::Profile& profile, absl::Time asked_at) {
  if (cohort.days_since_last_dose_min == 0 || profile.doses() == 0) return true;
  if (profile.last_dose_yyyymmdd() == 0) return false;
  const auto days =
      DayAt(asked_at, rules) - DayOf(Date{profile.last_dose_yyyymmdd()});
  return days >= cohort.days_since_last_dose_min;
}

CohortMisfit MisfitOf(const CohortRules& cohort, const CampaignRules& rules,
                      const v1::Profile& profile, absl::Time asked_at) {
  const Date born{profile.birth_date_yyyymmdd()};
  if (born < cohort.born_from || born > cohort.born_to) {
    return CohortMisfit::kBirthDate;
  }
  if (!cohort.regions.empty() && !Holds(cohort.regions, profile.region())) {
    return CohortMisfit::kRegion;
  }
  if (!cohort.priority_lists.empty() && FindList(cohort, profile) == nullptr) {
    return CohortMisfit::kPriorityList;
  }
  const uint32_t dose = DoseOf(cohort, rules);
  if (dose != 0 && profile.doses() + 1 != dose) return CohortMisfit::kDose;
  if (!HasWaited(cohort, rules, profile, asked_at)) {
    return CohortMisfit::kDaysSinceLastDose;
  }
  return CohortMisfit::kNone;
}

RoundMisfit MisfitOf(const RoundRules& round, uint32_t cohorts, uint32_t digit,
                     absl::Time asked_at) {
  if ((round.cohorts & cohorts) == 0) return RoundMisfit::kOtherCohorts;
  const bool is_open = asked_at >= round.opens && asked_at < round.closes;
  if ((round.birth_day_digits >> digit & 1) == 0) {
    return is_open ? RoundMisfit::kOtherBirthdaysNow
                   : RoundMisfit::kOtherBirthdays;
  }
  if (is_open) return RoundMisfit::kNone;
  return asked_at < round.opens ? RoundMisfit::kAhead : RoundMisfit::kOver;
}

/// Something's place in its list, and how close it came.
template <typename Misfit>
struct Closest {
  uint32_t index = 0;
  Misfit misfit = Misfit{};

  void Consider(uint32_t other_index, Misfit other) {
    if (other <= misfit) return;
    index = other_index;
    misfit = other;
  }
};

}  // namespace

Version VersionAt(const Campaign& campaign, absl::Time asked_at) {
  Version version = campaign.last_version();
  while (version > Version{1} && campaign.at(version).effective > asked_at) {
    --version.value;
  }
  return version;
}

Judgement Judge(const Campaign& campaign, const v1::Profile& profile,
                absl::Time asked_at) {
  const Version version = VersionAt(campaign, asked_at);
  const CampaignRules& rules = campaign.at(version).rules;

  uint32_t fitting = 0;
  Closest<CohortMisfit> cohort;
  for (uint32_t i = 0; i < rules.cohorts.size(); ++i) {
    const CohortMisfit misfit =
        MisfitOf(rules.cohorts[i], rules, profile, asked_at);
    if (misfit == CohortMisfit::kNone) fitting |= 1u << i;
    cohort.Consider(i, misfit);
  }
  if (fitting == 0) {
    return {RefusalOf(cohort.misfit), version, cohort.index, 0};
  }

  const uint32_t digit = profile.birth_date_yyyymmdd() % 10;
  Closest<RoundMisfit> round;
  for (uint32_t i = 0; i < rules.rounds.size(); ++i) {
    round.Consider(i, MisfitOf(rules.rounds[i], fitting, digit, asked_at));
  }
  // The first cohort that the round is for; where it is for none, the first.
  const uint32_t admitted = rules.rounds[round.index].cohorts & fitting;
  const int first = std::countr_zero(admitted != 0 ? admitted : fitting);
  return {RefusalOf(round.misfit), version, static_cast<uint32_t>(first),
          round.index};
}

void RecordJudgement(const Judgement& judgement, const Campaign& campaign,
                     const v1::Profile& profile, v1::Judged& judged) {
  const CampaignRules& rules = campaign.at(judgement.version).rules;
  const CohortRules& cohort = rules.cohorts[judgement.cohort];
  judged.set_campaign_version(judgement.version.value);
  judged.set_cohort(judgement.cohort);
  judged.set_round(judgement.round);
  judged.set_birth_date_yyyymmdd(profile.birth_date_yyyymmdd());
  if (!cohort.regions.empty()) judged.set_region(profile.region());
  if (!cohort.priority_lists.empty()) {
    const std::string* list = FindList(cohort, profile);
    if (list != nullptr) judged.set_priority_list(*list);
  }
  const bool has_interval = cohort.days_since_last_dose_min != 0;
  if (DoseOf(cohort, rules) != 0 || has_interval) {
    judged.set_doses(profile.doses());
  }
  if (has_interval) judged.set_last_dose_yyyymmdd(profile.last_dose_yyyymmdd());
}

}  // namespace slotlog
