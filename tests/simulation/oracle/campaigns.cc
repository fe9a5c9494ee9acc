#include "tests/simulation/oracle/campaigns.h"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <utility>

namespace slotlog::oracle {
namespace {

/// A condition, and what is said to whom it does not fit.
struct Condition {
  bool fits;
  v1::Refusal refusal;
};

template <typename All, typename One>
bool Names(const All& all, const One& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

absl::CivilDay DayOf(uint32_t yyyymmdd) {
  return absl::CivilDay(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100);
}

uint32_t DoseOf(const v1::Cohort& cohort, const v1::Campaign& rules) {
  return cohort.dose() > 0 ? cohort.dose() : rules.dose();
}

bool HasWaited(const v1::Cohort& cohort, const v1::Campaign& rules,
               const v1::Profile& profile, int64_t asked_at_unix_ms) {
  if (cohort.days_since_last_dose_min() == 0) return true;
  if (profile.doses() == 0) return true;
  if (profile.last_dose_yyyymmdd() == 0) return false;
  const absl::CivilDay today = absl::ToCivilDay(
      absl::FromUnixMillis(asked_at_unix_ms),
      absl::FixedTimeZone(static_cast<int>(rules.utc_offset_minutes()) * 60));
  return DayOf(profile.last_dose_yyyymmdd()) +
             static_cast<int>(cohort.days_since_last_dose_min()) <=
         today;
}

/// The first of somebody's lists that is one of the cohort's; "" is none.
std::string ListOf(const v1::Cohort& cohort, const v1::Profile& profile) {
  for (const std::string& list : profile.priority_lists()) {
    if (Names(cohort.priority_lists(), list)) return list;
  }
  return "";
}

std::vector<Condition> ConditionsOf(const v1::Cohort& cohort,
                                    const v1::Campaign& rules,
                                    const v1::Profile& profile,
                                    int64_t asked_at_unix_ms) {
  const uint32_t born = profile.birth_date_yyyymmdd();
  const uint32_t dose = DoseOf(cohort, rules);
  return {
      {born >= cohort.born_from_yyyymmdd() && born <= cohort.born_to_yyyymmdd(),
       v1::REFUSAL_NOT_ELIGIBLE},
      {cohort.regions().empty() || Names(cohort.regions(), profile.region()),
       v1::REFUSAL_WRONG_REGION},
      {cohort.priority_lists().empty() || !ListOf(cohort, profile).empty(),
       v1::REFUSAL_NOT_ON_LIST},
      {dose == 0 || dose == profile.doses() + 1, v1::REFUSAL_WRONG_DOSE},
      {HasWaited(cohort, rules, profile, asked_at_unix_ms),
       v1::REFUSAL_TOO_SOON_AFTER_LAST_DOSE}};
}

/// How far somebody came on the way, and what stopped him there.
struct Reached {
  size_t steps = 0;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
};

Reached InCohort(const v1::Cohort& cohort, const v1::Campaign& rules,
                 const v1::Profile& profile, int64_t asked_at_unix_ms) {
  Reached reached;
  for (const Condition& condition :
       ConditionsOf(cohort, rules, profile, asked_at_unix_ms)) {
    if (!condition.fits) {
      reached.refusal = condition.refusal;
      break;
    }
    ++reached.steps;
  }
  return reached;
}

/// Closest is who is told "not on this day" while it is open; then who comes
/// too early, too late, on a wrong day at another time.
Reached InRound(const v1::Round& round, const std::vector<uint32_t>& cohorts,
                uint32_t digit, int64_t asked_at_unix_ms) {
  const bool is_for_them =
      round.cohorts().empty() ||
      std::any_of(cohorts.begin(), cohorts.end(), [&](uint32_t cohort) {
        return Names(round.cohorts(), cohort);
      });
  if (!is_for_them) return {0, v1::REFUSAL_NOT_ELIGIBLE};
  const bool is_early = asked_at_unix_ms < round.opens_unix_ms();
  const bool is_late = asked_at_unix_ms >= round.closes_unix_ms();
  const bool is_open = !is_early && !is_late;
  if (!round.birth_day_digits().empty() &&
      !Names(round.birth_day_digits(), digit)) {
    return {is_open ? size_t{4} : size_t{1}, v1::REFUSAL_NOT_YOUR_DAY};
  }
  if (is_late) return {2, v1::REFUSAL_WINDOW_OVER};
  if (is_early) return {3, v1::REFUSAL_WINDOW_NOT_OPEN};
  return {5, v1::REFUSAL_UNSPECIFIED};
}

/// The index of who came farthest; of equals the first.
uint32_t Farthest(const std::vector<Reached>& all) {
  const auto farthest = std::max_element(
      all.begin(), all.end(),
      [](const Reached& a, const Reached& b) { return a.steps < b.steps; });
  return static_cast<uint32_t>(farthest - all.begin());
}

/// Of the profile only what the cohort looks at.
void RecordProfile(const v1::Cohort& cohort, const v1::Campaign& rules,
                   const v1::Profile& profile, v1::Judged& judged) {
  judged.set_birth_date_yyyymmdd(profile.birth_date_yyyymmdd());
  if (!cohort.regions().empty()) judged.set_region(profile.region());
  judged.set_priority_list(ListOf(cohort, profile));
  const bool looks_at_days = cohort.days_since_last_dose_min() > 0;
  if (DoseOf(cohort, rules) > 0 || looks_at_days) {
    judged.set_doses(profile.doses());
  }
  if (looks_at_days) {
    judged.set_last_dose_yyyymmdd(profile.last_dose_yyyymmdd());
  }
}

}  // namespace

uint32_t Campaign::VersionAt(int64_t asked_at_unix_ms) const {
  uint32_t version = 1;
  for (uint32_t i = 0; i < versions.size(); ++i) {
    if (versions[i].effective_unix_ms <= asked_at_unix_ms) version = i + 1;
  }
  return version;
}

bool Campaign::CountsSeats() const { return LimitsSites(versions[0].rules); }

bool LimitsSites(const v1::Campaign& rules) {
  return rules.seats_per_site_and_day() > 0 ||
         std::any_of(rules.rounds().begin(), rules.rounds().end(),
                     [](const v1::Round& round) {
                       return round.capacity_share_permille() > 0;
                     });
}

Judgement JudgeWish(const Campaign& campaign, const v1::Profile& profile,
                    int64_t asked_at_unix_ms) {
  Judgement judgement;
  v1::Judged& judged = judgement.judged;
  judged.set_campaign_version(campaign.VersionAt(asked_at_unix_ms));
  const v1::Campaign& rules = campaign.RulesAt(asked_at_unix_ms);

  std::vector<Reached> in_cohorts;
  std::vector<uint32_t> fitting;
  for (const v1::Cohort& cohort : rules.cohorts()) {
    const Reached reached = InCohort(cohort, rules, profile, asked_at_unix_ms);
    if (reached.refusal == v1::REFUSAL_UNSPECIFIED) {
      fitting.push_back(static_cast<uint32_t>(in_cohorts.size()));
    }
    in_cohorts.push_back(reached);
  }
  uint32_t cohort = Farthest(in_cohorts);
  judgement.refusal = in_cohorts[cohort].refusal;
  if (!fitting.empty()) {
    std::vector<Reached> in_rounds;
    for (const v1::Round& round : rules.rounds()) {
      in_rounds.push_back(InRound(round, fitting,
                                  profile.birth_date_yyyymmdd() % 10,
                                  asked_at_unix_ms));
    }
    const uint32_t index = Farthest(in_rounds);
    const v1::Round& round = rules.rounds(static_cast<int>(index));
    judgement.refusal = in_rounds[index].refusal;
    judged.set_round(index);
    // The first one that the round is for, if it is for any.
    const auto admitted =
        std::find_if(fitting.begin(), fitting.end(), [&](uint32_t one) {
          return round.cohorts().empty() || Names(round.cohorts(), one);
        });
    cohort = admitted == fitting.end() ? fitting.front() : *admitted;
  }
  judged.set_cohort(cohort);
  RecordProfile(rules.cohorts(static_cast<int>(cohort)), rules, profile,
                judged);
  return judgement;
}

}  // namespace slotlog::oracle
