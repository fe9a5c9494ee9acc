#include "tools/campaign/campaign_file.h"

#include <absl/strings/str_join.h>
#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "events/codec.h"
#include "services/reservation/limits.h"
#include "services/reservation/validate.h"
#include "tools/campaign/json_fields.h"
#include "tools/campaign/local_time.h"
#include "tools/repeated_name.h"

namespace slotlog {
namespace {

constexpr uint32_t kRotationDays = 10;
constexpr uint32_t kWholeShare = 1'000;

v1::Cohort ReadCohort(JsonFields& fields) {
  v1::Cohort cohort;
  cohort.set_born_from_yyyymmdd(fields.Date("born_from"));
  cohort.set_born_to_yyyymmdd(fields.Date("born_to"));
  for (std::string& region : fields.Texts("regions")) {
    cohort.add_regions(std::move(region));
  }
  for (std::string& list : fields.Texts("priority_lists")) {
    cohort.add_priority_lists(std::move(list));
  }
  cohort.set_dose(fields.Number("dose"));
  cohort.set_days_since_last_dose_min(
      fields.Number("days_since_last_dose_min"));
  cohort.set_rank(fields.Number("rank"));
  return cohort;
}

v1::NextDose ReadNextDose(JsonFields& fields) {
  v1::NextDose next;
  next.set_campaign_id(fields.Text("campaign_id"));
  next.set_days_after(fields.Number("days_after"));
  const std::string by = fields.Text("by");
  if (by == "offered") {
    next.set_by(v1::NEXT_DOSE_BY_OFFERED);
  } else if (by == "booked") {
    next.set_by(v1::NEXT_DOSE_BY_BOOKED);
  } else {
    fields.Wrong("by", "must be \"offered\" or \"booked\"");
  }
  return next;
}

class RoundReader {
 public:
  RoundReader(absl::TimeZone zone, v1::Campaign& campaign)
      : zone_(zone), campaign_(campaign) {}

  void Read(JsonFields& fields) {
    const auto opens = ReadInstant(fields, "opens");
    const auto closes = ReadInstant(fields, "closes");
    v1::Round round;
    for (const uint32_t digit : fields.Numbers("birth_day_digits")) {
      round.add_birth_day_digits(digit);
    }
    for (const uint32_t cohort : fields.Numbers("cohorts")) {
      round.add_cohorts(cohort);
    }
    round.set_capacity_share_permille(fields.Number("capacity_share_permille"));
    if (opens.has_value() && closes.has_value()) {
      Add(*opens, *closes, std::move(round));
    }
  }

  /// A round a day: for those on whose day of birth the date ends.
  void ReadRotation(JsonFields& fields) {
    const uint32_t first = fields.Date("first_day");
    const auto opens = ReadClock(fields, "opens");
    const auto closes = ReadClock(fields, "closes");
    const uint32_t days =
        fields.Has("days") ? fields.Number("days") : kRotationDays;
    const bool splits = fields.Flag("splits_capacity");
    if (first == 0) return fields.Wrong("first_day", "is missing");
    if (!opens.has_value() || !closes.has_value()) return;
    if (days == 0 || days > uint32_t{kRoundsMax}) {
      return fields.Wrong("days", fmt::format("must be 1 to {}", kRoundsMax));
    }
    for (uint32_t i = 0; i < days; ++i) {
      const absl::CivilDay day =
          absl::CivilDay(first / 10'000, first / 100 % 100, first % 100) + i;
      const absl::CivilDay last = *closes > *opens ? day : day + 1;
      const auto from = InstantOf(absl::CivilSecond(day) + *opens, zone_);
      const auto to = InstantOf(absl::CivilSecond(last) + *closes, zone_);
      if (!from.ok()) return fields.Wrong("opens", MessageOf(from.status()));
      if (!to.ok()) return fields.Wrong("closes", MessageOf(to.status()));
      v1::Round round;
      round.add_birth_day_digits(static_cast<uint32_t>(day.day() % 10));
      if (splits) {
        round.set_capacity_share_permille(kWholeShare * (i + 1) / days);
      }
      Add(*from, *to, std::move(round));
    }
  }

 private:
  static std::string MessageOf(const absl::Status& status) {
    return std::string(status.message());
  }

  std::optional<absl::Time> ReadInstant(JsonFields& fields,
                                        std::string_view name) {
    if (!fields.Has(name)) fields.Wrong(name, "is missing");
    const auto instant = InstantOf(fields.Text(name), zone_);
    if (instant.ok()) return *instant;
    fields.Wrong(name, MessageOf(instant.status()));
    return std::nullopt;
  }

  /// "20:00" in seconds.
  static std::optional<int64_t> ReadClock(JsonFields& fields,
                                          std::string_view name) {
    const std::string text = fields.Text(name);
    absl::CivilSecond time;
    if (text.size() == 5 &&
        absl::ParseLenientCivilTime("1970-01-01T" + text, &time)) {
      return time - absl::CivilSecond();
    }
    fields.Wrong(name, "must be a time of the day as \"20:00\"");
    return std::nullopt;
  }

  void Add(absl::Time opens, absl::Time closes, v1::Round round) {
    round.set_opens_unix_ms(absl::ToUnixMillis(opens));
    round.set_closes_unix_ms(absl::ToUnixMillis(closes));
    round.set_opens_local(InZone(opens, zone_));
    round.set_closes_local(InZone(closes, zone_));
    *campaign_.add_rounds() = std::move(round);
  }

  const absl::TimeZone zone_;
  v1::Campaign& campaign_;
};

v1::SecondHold ReadSecondHold(JsonFields& fields) {
  const std::string text = fields.Text("second_hold");
  if (text == "replaces") return v1::SECOND_HOLD_REPLACES;
  if (!text.empty() && text != "refused") {
    fields.Wrong("second_hold", "must be \"refused\" or \"replaces\"");
  }
  return v1::SECOND_HOLD_REFUSED;
}

absl::TimeZone ReadZone(JsonFields& fields) {
  const auto zone = FindZone(fields.Text("time_zone"));
  if (zone.ok()) return *zone;
  fields.Wrong("time_zone", std::string(zone.status().message()));
  return absl::UTCTimeZone();
}

v1::Campaign ReadFields(JsonFields& fields) {
  v1::Campaign campaign;
  campaign.set_campaign_id(fields.Text("campaign_id"));
  const absl::TimeZone zone = ReadZone(fields);
  campaign.set_time_zone(zone.name());
  campaign.set_dose(fields.Number("dose"));
  fields.Objects("cohorts", [&](JsonFields& cohort) {
    *campaign.add_cohorts() = ReadCohort(cohort);
  });
  RoundReader rounds(zone, campaign);
  fields.Object("rotation",
                [&](JsonFields& rotation) { rounds.ReadRotation(rotation); });
  fields.Objects("rounds", [&](JsonFields& round) { rounds.Read(round); });
  campaign.set_hold_seconds(fields.Number("hold_seconds"));
  campaign.set_second_hold(ReadSecondHold(fields));
  campaign.set_offer_seconds(fields.Number("offer_seconds"));
  campaign.set_chances(fields.Number("chances"));
  campaign.set_seats_per_site_and_day(fields.Number("seats_per_site_and_day"));
  fields.Object("next", [&](JsonFields& next) {
    *campaign.mutable_next() = ReadNextDose(next);
  });
  fields.ExpectNoOthers();
  if (campaign.rounds().empty()) return campaign;
  const absl::Time first =
      absl::FromUnixMillis(campaign.rounds(0).opens_unix_ms());
  campaign.set_utc_offset_minutes(zone.At(first).offset / 60);
  return campaign;
}

/// What the core would refuse, in its words.
absl::Status ExpectNoFault(const v1::Campaign& campaign) {
  v1::Operation operation;
  operation.set_operation_id("o");
  *operation.mutable_define_campaign()->mutable_campaign() = campaign;
  const auto fault = FaultIn(operation);
  if (!fault.has_value()) return absl::OkStatus();
  constexpr std::string_view kWhere = "define_campaign.campaign.";
  std::string field = fault->field;
  if (field.starts_with(kWhere)) field.erase(0, kWhere.size());
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", field, NameOf(fault->refusal)));
}

std::vector<std::string> RemarksOn(const v1::Campaign& campaign,
                                   absl::TimeZone zone) {
  std::vector<std::string> remarks;
  std::set<uint32_t> digits;
  for (const v1::Round& round : campaign.rounds()) {
    const absl::Time opens = absl::FromUnixMillis(round.opens_unix_ms());
    if (zone.At(opens).offset / 60 != campaign.utc_offset_minutes() &&
        remarks.empty()) {
      remarks.push_back(fmt::format(
          "The clocks of {} change between the rounds; its days are counted "
          "as in the first one.",
          zone.name()));
    }
    if (round.birth_day_digits().empty()) return remarks;
    digits.insert(round.birth_day_digits().begin(),
                  round.birth_day_digits().end());
  }
  for (uint32_t digit = 0; digit < 10; ++digit) {
    if (digits.contains(digit)) continue;
    remarks.push_back(fmt::format(
        "No round is for those whose day of birth ends in {}.", digit));
  }
  return remarks;
}

std::string ListOf(const google::protobuf::RepeatedField<uint32_t>& numbers) {
  return numbers.empty() ? "all" : absl::StrJoin(numbers, ",");
}

}  // namespace

absl::StatusOr<CampaignFile> ReadCampaign(std::string_view json) {
  RepeatedName repeated;
  const auto object = nlohmann::json::parse(
      json,
      [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        repeated.See(event, parsed);
        return true;
      },
      /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (object.is_discarded()) {
    return absl::InvalidArgumentError("the file: is not JSON");
  }
  if (repeated.found().has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: must be given once, not twice", *repeated.found()));
  }
  absl::Status status;
  JsonFields fields(object, "", status);
  CampaignFile file;
  file.campaign = ReadFields(fields);
  if (!status.ok()) return status;
  if (auto sound = ExpectNoFault(file.campaign); !sound.ok()) return sound;
  file.remarks = RemarksOn(file.campaign, *FindZone(file.campaign.time_zone()));
  return file;
}

std::string DescribeCampaign(const CampaignFile& file) {
  const v1::Campaign& campaign = file.campaign;
  std::string text = fmt::format(
      "campaign {}, {} cohorts, times of {}\n\n"
      "{:>5}  {:<25}  {:<25}  {:<20}  {:<10}  {:<7}  {}\n",
      campaign.campaign_id(), campaign.cohorts_size(), campaign.time_zone(),
      "round", "opens", "closes", "opens (UTC)", "birth days", "cohorts",
      "share");
  for (int i = 0; i < campaign.rounds_size(); ++i) {
    const v1::Round& round = campaign.rounds(i);
    const uint32_t share = round.capacity_share_permille();
    text += fmt::format(
        "{:>5}  {:<25}  {:<25}  {:<20}  {:<10}  {:<7}  {}\n", i,
        round.opens_local(), round.closes_local(),
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                         absl::FromUnixMillis(round.opens_unix_ms()),
                         absl::UTCTimeZone()),
        ListOf(round.birth_day_digits()), ListOf(round.cohorts()),
        share == 0 ? "all" : fmt::format("{:g} %", share / 10.0));
  }
  for (const std::string& remark : file.remarks) text += "\n" + remark + "\n";
  return text;
}

}  // namespace slotlog
