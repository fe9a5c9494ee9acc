#include "tests/simulation/campaign_maker.h"

#include <absl/strings/str_cat.h>

#include <vector>

#include "events/digest.h"

namespace slotlog {
namespace {

const std::vector<std::string> kLists = {"care", "police"};
const std::vector<uint32_t> kDatesOfLastDose = {0, 20210501, 20210614, 20210701,
                                                20210712};
constexpr int kSeoulMinutes = 9 * 60;

uint32_t Number(uint64_t number) { return static_cast<uint32_t>(number); }

/// Of a year, so that any date is one.
uint32_t DateIn(uint64_t year, Dice& dice) {
  return Number(year * 10'000 + dice.Between(1, 12) * 100 +
                dice.Between(1, 28));
}

v1::Cohort MakeCohort(uint64_t strict_percent, Dice& dice) {
  v1::Cohort cohort;
  cohort.set_rank(Number(dice.Below(3)));
  cohort.set_born_from_yyyymmdd(19200101);
  cohort.set_born_to_yyyymmdd(20051231);
  if (dice.Percent(strict_percent)) {
    const uint64_t year = dice.Between(1940, 1980);
    cohort.set_born_from_yyyymmdd(DateIn(year, dice));
    cohort.set_born_to_yyyymmdd(DateIn(year + dice.Between(1, 30), dice));
  }
  if (dice.Percent(strict_percent)) {
    cohort.add_regions(dice.OneOf(Regions()));
    if (dice.Percent(50)) cohort.add_regions("north");
  }
  if (dice.Percent(strict_percent / 2)) {
    cohort.add_priority_lists(dice.OneOf(kLists));
  }
  if (dice.Percent(strict_percent / 2)) {
    cohort.set_dose(Number(dice.Between(1, 2)));
  }
  if (dice.Percent(strict_percent / 2)) {
    cohort.set_days_since_last_dose_min(Number(dice.Between(1, 60)));
  }
  return cohort;
}

std::string InSeoul(int64_t unix_ms) {
  return absl::FormatTime(absl::RFC3339_full, absl::FromUnixMillis(unix_ms),
                          absl::FixedTimeZone(kSeoulMinutes * 60));
}

v1::Round MakeRound(absl::Time opens, int cohorts, bool limits_sites,
                    uint64_t strict_percent, Dice& dice) {
  v1::Round round;
  const uint64_t seconds = dice.Percent(strict_percent)
                               ? dice.Between(30, 300)
                               : dice.Between(300, 40'000);
  round.set_opens_unix_ms(absl::ToUnixMillis(opens));
  round.set_closes_unix_ms(absl::ToUnixMillis(opens + absl::Seconds(seconds)));
  if (dice.Percent(30)) {
    round.set_opens_local(InSeoul(round.opens_unix_ms()));
    round.set_closes_local(InSeoul(round.closes_unix_ms()));
  }
  if (dice.Percent(strict_percent)) {
    const uint32_t parity = Number(dice.Below(2));
    for (uint32_t digit = parity; digit < 10; digit += 2) {
      round.add_birth_day_digits(digit);
    }
  }
  if (dice.Percent(strict_percent)) {
    round.add_cohorts(Number(dice.Below(static_cast<uint64_t>(cohorts))));
  }
  if (limits_sites && dice.Percent(60)) {
    const std::vector<uint32_t> shares = {100, 400, 700, 1000};
    round.set_capacity_share_permille(dice.OneOf(shares));
  }
  return round;
}

/// The next dose: mostly on the same day, as there is no other in most
/// simulations.
v1::NextDose MakeNextDose(uint32_t campaigns, Dice& dice) {
  v1::NextDose next;
  next.set_campaign_id(absl::StrCat("k", dice.Below(campaigns + 1)));
  next.set_days_after(dice.Percent(25) ? 1 : 0);
  next.set_by(static_cast<v1::NextDoseBy>(
      dice.Percent(5)
          ? 0
          : dice.Between(v1::NEXT_DOSE_BY_OFFERED, v1::NEXT_DOSE_BY_BOOKED)));
  return next;
}

}  // namespace

v1::Campaign MakeCampaign(const std::string& campaign_id, absl::Time opens,
                          uint32_t campaigns, uint64_t strict_percent,
                          Dice& dice) {
  const std::vector<uint32_t> hold_seconds = {0, 2, 5, 20, 60, 600};
  const std::vector<uint32_t> offer_seconds = {0, 2, 10, 60, 600, 600};
  v1::Campaign campaign;
  campaign.set_campaign_id(campaign_id);
  campaign.set_time_zone("Asia/Seoul");
  campaign.set_utc_offset_minutes(kSeoulMinutes);
  if (dice.Percent(strict_percent / 4)) campaign.set_dose(1);
  const uint64_t cohorts = dice.Between(1, 3);
  for (uint64_t i = 0; i < cohorts; ++i) {
    *campaign.add_cohorts() = MakeCohort(strict_percent, dice);
    if (campaign.dose() != 0) campaign.mutable_cohorts()->rbegin()->set_dose(1);
  }
  const bool limits_sites = dice.Percent(40);
  const uint64_t rounds = dice.Between(1, 3);
  for (uint64_t i = 0; i < rounds; ++i) {
    *campaign.add_rounds() = MakeRound(opens, campaign.cohorts_size(),
                                       limits_sites, strict_percent, dice);
    // The next one after it, or while it is still open.
    opens += absl::Seconds(dice.Between(10, 400));
  }
  campaign.set_hold_seconds(dice.OneOf(hold_seconds));
  campaign.set_second_hold(dice.Percent(50) ? v1::SECOND_HOLD_REPLACES
                                            : v1::SECOND_HOLD_REFUSED);
  campaign.set_chances(Number(dice.Below(4)));
  campaign.set_offer_seconds(dice.OneOf(offer_seconds));
  if (dice.Percent(60))
    *campaign.mutable_next() = MakeNextDose(campaigns, dice);
  if (limits_sites && dice.Percent(60)) {
    campaign.set_seats_per_site_and_day(Number(dice.Between(1, 4)));
  }
  return campaign;
}

v1::Campaign Mix(v1::Campaign campaign, const v1::Campaign& other, Dice& dice) {
  if (dice.Percent(50)) {
    *campaign.mutable_cohorts() = other.cohorts();
    *campaign.mutable_rounds() = other.rounds();
    campaign.set_dose(other.dose());
  }
  if (dice.Percent(50)) {
    campaign.set_hold_seconds(other.hold_seconds());
    campaign.set_second_hold(other.second_hold());
    campaign.set_chances(other.chances());
  }
  if (dice.Percent(50)) {
    campaign.set_offer_seconds(other.offer_seconds());
    *campaign.mutable_next() = other.next();
    if (!other.has_next()) campaign.clear_next();
  }
  if (dice.Percent(50)) {
    campaign.set_seats_per_site_and_day(other.seats_per_site_and_day());
  }
  return campaign;
}

void Spoil(v1::Campaign& campaign, Dice& dice) {
  v1::Cohort& cohort = *campaign.mutable_cohorts(0);
  v1::Round& round = *campaign.mutable_rounds(0);
  switch (dice.Below(7)) {
    case 0:
      return campaign.clear_cohorts();
    case 1:
      return campaign.clear_rounds();
    case 2:
      return cohort.set_born_to_yyyymmdd(19000101);
    case 3:
      return round.set_closes_unix_ms(round.opens_unix_ms());
    case 4:
      return round.set_opens_local("2021-07-12T00:00:00+00:01");
    case 5:
      return round.add_cohorts(Number(campaign.cohorts_size()));
    default:
      return round.set_capacity_share_permille(1001);
  }
}

const std::vector<std::string>& Regions() {
  static const std::vector<std::string> kRegions = {"north", "south", "east"};
  return kRegions;
}

v1::Profile ProfileOf(const std::string& citizen_id, Dice& dice) {
  v1::Profile profile;
  Dice own(Digest64(citizen_id) + (dice.Percent(3) ? 1 : 0));
  profile.set_birth_date_yyyymmdd(DateIn(own.Between(1940, 2003), own));
  profile.set_region(own.OneOf(Regions()));
  for (const std::string& list : kLists) {
    if (own.Percent(30)) profile.add_priority_lists(list);
  }
  profile.set_doses(Number(own.Below(3)));
  if (profile.doses() > 0) {
    profile.set_last_dose_yyyymmdd(own.OneOf(kDatesOfLastDose));
  }
  return profile;
}

}  // namespace slotlog
