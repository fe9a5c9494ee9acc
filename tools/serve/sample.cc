#include "tools/serve/sample.h"

#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/partitioner.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

struct SampleSite {
  const char* id;
  const char* name;
  const char* region;
};

constexpr SampleSite kSites[] = {
    {"gangnam-1", "Gangnam Health Centre", "Seoul"},
    {"mapo-1", "Mapo Clinic", "Seoul"},
    {"haeundae-1", "Haeundae Hospital", "Busan"},
};
constexpr int kDays = 7;
constexpr int kOpensAt = 9;
constexpr int kClosesAt = 17;
constexpr int kSeats = 20;
constexpr absl::Duration kSlot = absl::Hours(1);

struct Keyed {
  std::string key;
  v1::Operation operation;
};

v1::Operation SlotsOf(const SampleSite& site, absl::CivilDay day) {
  v1::Operation operation;
  auto& open = *operation.mutable_open_slots();
  open.set_site_id(site.id);
  for (int hour = kOpensAt; hour < kClosesAt; ++hour) {
    const absl::Time start =
        absl::FromCivil(absl::CivilHour(day) + hour, absl::UTCTimeZone());
    v1::Slot& slot = *open.add_slots();
    slot.set_slot_id(
        absl::FormatTime("%Y-%m-%dT%H", start, absl::UTCTimeZone()));
    slot.set_start_unix_ms(absl::ToUnixMillis(start));
    slot.set_end_unix_ms(absl::ToUnixMillis(start + kSlot));
    slot.set_capacity(kSeats);
    slot.set_day_yyyymmdd(static_cast<uint32_t>(day.year() * 10000 +
                                                day.month() * 100 + day.day()));
  }
  return operation;
}

v1::Operation SampleCampaign() {
  v1::Operation operation;
  auto& campaign = *operation.mutable_define_campaign()->mutable_campaign();
  campaign.set_campaign_id("sample");
  campaign.set_time_zone("UTC");
  v1::Cohort& everybody = *campaign.add_cohorts();
  everybody.set_born_from_yyyymmdd(18500101);
  everybody.set_born_to_yyyymmdd(20991231);
  v1::Round& always = *campaign.add_rounds();
  always.set_opens_unix_ms(absl::ToUnixMillis(
      absl::FromCivil(absl::CivilDay(2021, 1, 1), absl::UTCTimeZone())));
  always.set_closes_unix_ms(absl::ToUnixMillis(
      absl::FromCivil(absl::CivilDay(2099, 1, 1), absl::UTCTimeZone())));
  campaign.set_hold_seconds(300);
  campaign.set_second_hold(v1::SECOND_HOLD_REPLACES);
  campaign.set_offer_seconds(300);
  return operation;
}

std::vector<Keyed> SampleOperations(absl::Time now) {
  std::vector<Keyed> operations;
  operations.push_back({"sample", SampleCampaign()});
  for (const SampleSite& site : kSites) {
    v1::Operation define;
    define.mutable_define_site()->set_site_id(site.id);
    define.mutable_define_site()->set_name(site.name);
    define.mutable_define_site()->set_region(site.region);
    operations.push_back({site.id, std::move(define)});
    const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
    for (int day = 1; day <= kDays; ++day) {
      operations.push_back({site.id, SlotsOf(site, today + day)});
    }
  }
  return operations;
}

}  // namespace

absl::Status AppendSample(Log& log, absl::Time now) {
  std::vector<Keyed> operations = SampleOperations(now);
  std::vector<std::string> values;
  for (size_t i = 0; i < operations.size(); ++i) {
    operations[i].operation.set_operation_id(fmt::format("sample-{}", i));
    values.push_back(Encode(operations[i].operation));
  }
  std::vector<NewRecord> records;
  for (size_t i = 0; i < operations.size(); ++i) {
    const std::string& key = operations[i].key;
    records.push_back({.to = {Topic::kOperations, ShardOf(key, log.Shards())},
                       .key = key,
                       .value = values[i]});
  }
  return log.Append(records).status();
}

}  // namespace slotlog
