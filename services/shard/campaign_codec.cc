#include <utility>

#include "services/shard/row_bytes.h"
#include "services/shard/row_codec.h"
#include "services/shard/rows.pb.h"

namespace slotlog {
namespace {

uint32_t SecondsOf(absl::Duration duration) {
  return static_cast<uint32_t>(absl::ToInt64Seconds(duration));
}

void SetCohort(const CohortRules& cohort, rows::CohortRow& row) {
  row.set_born_from(cohort.born_from.value);
  row.set_born_to(cohort.born_to.value);
  for (const std::string& region : cohort.regions) row.add_regions(region);
  for (const std::string& list : cohort.priority_lists) {
    row.add_priority_lists(list);
  }
  row.set_dose(cohort.dose);
  row.set_days_since_last_dose_min(cohort.days_since_last_dose_min);
  row.set_rank(cohort.rank);
}

CohortRules CohortFrom(const rows::CohortRow& row) {
  return {.born_from = Date{row.born_from()},
          .born_to = Date{row.born_to()},
          .regions = {row.regions().begin(), row.regions().end()},
          .priority_lists = {row.priority_lists().begin(),
                             row.priority_lists().end()},
          .dose = row.dose(),
          .days_since_last_dose_min = row.days_since_last_dose_min(),
          .rank = row.rank()};
}

void SetRound(const RoundRules& round, rows::RoundRow& row) {
  row.set_opens_unix_ms(absl::ToUnixMillis(round.opens));
  row.set_closes_unix_ms(absl::ToUnixMillis(round.closes));
  row.set_opens_local(round.opens_local);
  row.set_closes_local(round.closes_local);
  row.set_birth_day_digits(round.birth_day_digits);
  row.set_cohorts(round.cohorts);
  row.set_capacity_share_permille(round.capacity_share_permille);
}

RoundRules RoundFrom(const rows::RoundRow& row) {
  return {.opens = absl::FromUnixMillis(row.opens_unix_ms()),
          .closes = absl::FromUnixMillis(row.closes_unix_ms()),
          .opens_local = row.opens_local(),
          .closes_local = row.closes_local(),
          .birth_day_digits = row.birth_day_digits(),
          .cohorts = row.cohorts(),
          .capacity_share_permille = row.capacity_share_permille()};
}

void SetVersion(const CampaignVersion& version, rows::CampaignVersionRow& row) {
  const CampaignRules& rules = version.rules;
  row.set_stated_unix_ms(absl::ToUnixMillis(version.stated));
  row.set_effective_unix_ms(absl::ToUnixMillis(version.effective));
  row.set_time_zone(rules.time_zone);
  row.set_utc_offset_minutes(rules.utc_offset_minutes);
  row.set_dose(rules.dose);
  for (const CohortRules& cohort : rules.cohorts) {
    SetCohort(cohort, *row.add_cohorts());
  }
  for (const RoundRules& round : rules.rounds)
    SetRound(round, *row.add_rounds());
  row.set_hold_seconds(SecondsOf(rules.hold));
  row.set_second_hold(rules.second_hold);
  row.set_offer_seconds(SecondsOf(rules.offer));
  row.set_chances(rules.chances);
  row.set_seats_per_site_and_day(rules.seats_per_site_and_day);
  row.set_next_campaign_id(rules.next.campaign_id);
  row.set_next_days_after(rules.next.days_after);
  row.set_next_by(rules.next.by);
}

CampaignRules RulesFrom(const rows::CampaignVersionRow& row) {
  CampaignRules rules{
      .time_zone = row.time_zone(),
      .utc_offset_minutes = row.utc_offset_minutes(),
      .dose = row.dose(),
      .cohorts = {},
      .rounds = {},
      .hold = absl::Seconds(row.hold_seconds()),
      .second_hold = static_cast<v1::SecondHold>(row.second_hold()),
      .offer = absl::Seconds(row.offer_seconds()),
      .chances = row.chances(),
      .seats_per_site_and_day = row.seats_per_site_and_day(),
      .next = {.campaign_id = row.next_campaign_id(),
               .days_after = row.next_days_after(),
               .by = static_cast<v1::NextDoseBy>(row.next_by())}};
  for (const rows::CohortRow& cohort : row.cohorts()) {
    rules.cohorts.push_back(CohortFrom(cohort));
  }
  for (const rows::RoundRow& round : row.rounds()) {
    rules.rounds.push_back(RoundFrom(round));
  }
  return rules;
}

}  // namespace

void EncodeRow(const Campaign& campaign, std::string& bytes) {
  rows::CampaignRow row;
  row.set_home(campaign.home.value);
  for (const CampaignVersion& version : campaign.versions) {
    SetVersion(version, *row.add_versions());
  }
  row.set_counts_seats(campaign.counts_seats);
  for (const Announcement& from : campaign.announcements) {
    rows::AnnouncementRow& announcement = *row.add_announcements();
    announcement.set_version(from.version.value);
    for (Shard shard : from.awaited) announcement.add_awaited(shard.value);
    announcement.set_operation_id(from.operation_id);
    announcement.set_operation_offset(from.operation_offset.value);
  }
  AppendRow(row, bytes);
}

template <>
absl::StatusOr<Campaign> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::CampaignRow>(bytes);
  if (!row.ok()) return row.status();
  Campaign campaign{.home = Shard{row->home()},
                    .versions = {},
                    .counts_seats = row->counts_seats(),
                    .announcements = {}};
  for (const rows::CampaignVersionRow& version : row->versions()) {
    campaign.versions.push_back(
        {.stated = absl::FromUnixMillis(version.stated_unix_ms()),
         .effective = absl::FromUnixMillis(version.effective_unix_ms()),
         .rules = RulesFrom(version)});
  }
  for (const rows::AnnouncementRow& from : row->announcements()) {
    Announcement announcement{
        .version = Version{from.version()},
        .awaited = {},
        .operation_id = from.operation_id(),
        .operation_offset = Offset{from.operation_offset()}};
    for (uint32_t shard : from.awaited()) {
      announcement.awaited.push_back(Shard{shard});
    }
    campaign.announcements.push_back(std::move(announcement));
  }
  return campaign;
}

}  // namespace slotlog
