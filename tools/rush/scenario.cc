#include "tools/rush/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "events/digest.h"
#include "events/ids.h"
#include "tools/input_file.h"
#include "tools/rush/scenario_fields.h"

namespace slotlog {
namespace {

constexpr uint64_t kCommandsMax = 1'000'000'000;
constexpr size_t kTitleBytesMax = 200;
constexpr size_t kNewsBytesMax = 500;
constexpr size_t kCampaignIdBytesMax = 64;
/// The contract's bounds.
constexpr size_t kRegionsMax = 64;
constexpr uint32_t kRegionShareMax = 1'000'000;
constexpr uint32_t kHoldSecondsMax = 24 * 60 * 60;
/// A smaller day does not hold for less: so that all is held before the first
/// hold runs out.
constexpr uint32_t kHoldSecondsLeast = 5;
constexpr uint32_t kRotationDaySecondsMax = 24 * 60 * 60;
/// A smaller day is no shorter: so that who comes finds time to try again.
constexpr uint32_t kRotationDaySecondsLeast = 3;
constexpr uint32_t kMinutesOfDay = 24 * 60;
/// The contract's bound of a slot's capacity.
constexpr uint32_t kCapacityMax = 1'000'000;

Cohort ReadCohort(ScenarioFields& fields, std::string_view prefix) {
  const auto named = [&](std::string_view name) {
    return fmt::format("{}{}", prefix, name);
  };
  Cohort cohort;
  cohort.campaign_id = fields.Text(named("campaign"), kCampaignIdBytesMax);
  cohort.born_from = fields.Day(named("born_from"));
  cohort.born_to = fields.Day(named("born_to"));
  if (cohort.born_to < cohort.born_from) {
    fields.Refuse(named("born_to"), "must not be before born_from");
  }
  return cohort;
}

void ReadPeople(ScenarioFields& fields, Scenario& scenario) {
  scenario.cohort = ReadCohort(fields, "");
  scenario.citizens = fields.Whole("citizens", 1, kPeopleMax);
  scenario.not_eligible = fields.Whole("not_eligible", 0, kPeopleMax, 0);
  scenario.too_early = fields.Whole("too_early", 0, kPeopleMax, 0);
  if (scenario.too_early > 0 || fields.Has("next_campaign")) {
    scenario.next_cohort = ReadCohort(fields, "next_");
    if (scenario.next_cohort->campaign_id == scenario.cohort.campaign_id) {
      fields.Refuse("next_campaign", "must not be the campaign itself");
    }
  }
}

void ReadPlaces(ScenarioFields& fields, Scenario& scenario) {
  for (auto& [name, share] :
       fields.Shares("regions", kRegionsMax, kNameBytesMax, kRegionShareMax)) {
    scenario.regions.push_back({std::move(name), share});
  }
  scenario.seats = fields.Whole("seats", 1, kPeopleMax);
  scenario.sites = fields.Whole("sites", 1, kSitesMax);
  std::tie(scenario.first_slot, scenario.utc_offset) =
      fields.Moment("first_slot");
  scenario.slot_days = fields.Whole("slot_days", 1, kRushSlotsPerSiteMax);
  scenario.slots_per_day =
      fields.Whole("slots_per_day", 1, kRushSlotsPerSiteMax);
  scenario.slot_minutes = fields.Whole("slot_minutes", 1, kMinutesOfDay);
}

void ReadWishes(ScenarioFields& fields, Scenario& scenario) {
  scenario.commands = fields.Whole("commands", 1, kCommandsMax);
  scenario.choice = fields.OneOf("choice", {"own seat", "popularity"}) == 0
                        ? Choice::kOwnSeat
                        : Choice::kPopularity;
  scenario.popularity_exponent = fields.Decimal("popularity_exponent", 0, 3, 0);
  scenario.repeat_percent = fields.Whole("repeat_percent", 0, 90, 0);
  scenario.cancel_percent = fields.Whole("cancel_percent", 0, 90, 0);
  scenario.hold_seconds =
      fields.Whole("hold_seconds", 1, kHoldSecondsMax, /*missing=*/0);
  scenario.confirm_percent = fields.Whole("confirm_percent", 0, 100, 0);
  scenario.rotation_day_seconds = fields.Whole(
      "rotation_day_seconds", 1, kRotationDaySecondsMax, /*missing=*/0);
  if (scenario.rotation_day_seconds > 0) {
    scenario.rotation_first_day = fields.Day("rotation_first_day");
  }
  scenario.early_percent = fields.Whole("early_percent", 0, 90, 0);
  scenario.wrong_day_percent = fields.Whole("wrong_day_percent", 0, 90, 0);
}

void ReadTheDay(ScenarioFields& fields, Scenario& scenario) {
  scenario.on_the_day = fields.Text("on_the_day", kNewsBytesMax, "");
  scenario.on_the_day_bookings =
      fields.Whole("on_the_day_bookings", 1, kCommandsMax, 0);
  scenario.on_the_day_seconds =
      fields.Whole("on_the_day_seconds", 1, kCommandsMax, 0);
}

/// What must hold between fields.
struct Mistake {
  std::string_view field;
  std::string must;
};
std::optional<Mistake> MistakeIn(const Scenario& scenario) {
  if (uint64_t{scenario.citizens} + scenario.not_eligible + scenario.too_early >
      kPeopleMax) {
    return Mistake{"citizens",
                   fmt::format("must be, with not_eligible and too_early, at "
                               "most {} people",
                               kPeopleMax)};
  }
  if (scenario.SlotsPerSite() > kRushSlotsPerSiteMax) {
    return Mistake{"slots_per_day",
                   fmt::format("must be, times slot_days, at most {}",
                               kRushSlotsPerSiteMax)};
  }
  if (scenario.slots_per_day * scenario.slot_minutes +
          scenario.first_slot.hour() * 60 + scenario.first_slot.minute() >
      kMinutesOfDay) {
    return Mistake{"slot_minutes", "must let the day's slots end by midnight"};
  }
  if (uint64_t{scenario.sites} * scenario.SlotsPerSite() > kSlotsMax) {
    return Mistake{"sites",
                   fmt::format("must be, times slot_days and slots_per_day, "
                               "at most {} slots",
                               kSlotsMax)};
  }
  if (scenario.seats / scenario.Slots() >= kCapacityMax) {
    return Mistake{"seats",
                   fmt::format("must be fewer than {} a slot", kCapacityMax)};
  }
  if (scenario.choice == Choice::kOwnSeat &&
      scenario.citizens > scenario.seats) {
    return Mistake{"seats",
                   "must be at least as many as citizens, where each has a "
                   "seat of their own"};
  }
  if (scenario.early_percent + scenario.wrong_day_percent > 0 &&
      scenario.rotation_day_seconds == 0) {
    return Mistake{
        scenario.early_percent > 0 ? "early_percent" : "wrong_day_percent",
        "must not be given without rotation_day_seconds"};
  }
  if (scenario.confirm_percent > 0 && scenario.hold_seconds == 0) {
    return Mistake{"confirm_percent", "must not be given without hold_seconds"};
  }
  if (scenario.choice == Choice::kOwnSeat && !scenario.regions.empty()) {
    return Mistake{"regions",
                   "must not be given where each has a seat of their own"};
  }
  return std::nullopt;
}

}  // namespace

uint32_t DateDigits(absl::CivilDay day) {
  return static_cast<uint32_t>(day.year() * 10000 + day.month() * 100 +
                               day.day());
}

absl::StatusOr<Scenario> ParseScenario(std::string_view file,
                                       std::string_view text) {
  ScenarioFields fields(file, text);
  Scenario scenario;
  scenario.name = std::filesystem::path(file).stem().string();
  scenario.digest = fmt::format("{:016x}", Digest64(text));
  scenario.title = fields.Text("title", kTitleBytesMax);
  ReadPeople(fields, scenario);
  ReadPlaces(fields, scenario);
  ReadWishes(fields, scenario);
  ReadTheDay(fields, scenario);
  if (auto status = fields.Finish(); !status.ok()) return status;
  if (auto mistake = MistakeIn(scenario)) {
    fields.Refuse(mistake->field, mistake->must);
    return fields.Finish();
  }
  return scenario;
}

absl::StatusOr<Scenario> WithSeats(const Scenario& scenario, uint32_t seats) {
  const auto scaled = [&](uint64_t count) -> uint64_t {
    if (count == 0) return 0;
    const uint64_t half = scenario.seats / 2;
    return std::max<uint64_t>(1, (count * seats + half) / scenario.seats);
  };
  Scenario result = scenario;
  result.seats = seats;
  result.commands = scaled(scenario.commands);
  const uint64_t citizens = scaled(scenario.citizens);
  const uint64_t not_eligible = scaled(scenario.not_eligible);
  const uint64_t too_early = scaled(scenario.too_early);
  const uint64_t sites = scaled(scenario.sites);
  if (citizens + not_eligible + too_early > kPeopleMax || sites > kSitesMax ||
      result.commands > kCommandsMax) {
    return absl::InvalidArgumentError(fmt::format(
        "{} with {} seats would be beyond {} people, {} sites or {} commands",
        scenario.name, seats, kPeopleMax, kSitesMax, kCommandsMax));
  }
  result.citizens = static_cast<uint32_t>(citizens);
  result.not_eligible = static_cast<uint32_t>(not_eligible);
  result.too_early = static_cast<uint32_t>(too_early);
  result.sites = static_cast<uint32_t>(sites);
  if (scenario.rotation_day_seconds > 0) {
    const uint32_t least =
        std::min(scenario.rotation_day_seconds, kRotationDaySecondsLeast);
    result.rotation_day_seconds = static_cast<uint32_t>(std::clamp<uint64_t>(
        scaled(scenario.rotation_day_seconds), least, kRotationDaySecondsMax));
  }
  if (scenario.hold_seconds > 0) {
    const uint64_t least = std::min(scenario.hold_seconds, kHoldSecondsLeast);
    result.hold_seconds = static_cast<uint32_t>(std::clamp<uint64_t>(
        scaled(scenario.hold_seconds), least, kHoldSecondsMax));
  }
  if (auto mistake = MistakeIn(result)) {
    return absl::InvalidArgumentError(
        fmt::format("{} with {} seats: {}: {}", scenario.name, seats,
                    mistake->field, mistake->must));
  }
  return result;
}

absl::StatusOr<Scenario> FindScenario(std::string_view name_or_file) {
  constexpr std::string_view kEnd = ".json";
  if (name_or_file.find('/') != std::string_view::npos ||
      name_or_file.ends_with(kEnd)) {
    const std::string path(name_or_file);
    auto text = ReadInputFile(path);
    if (!text.ok()) return text.status();
    return ParseScenario(path, *text);
  }
  std::vector<std::string_view> names;
  for (const auto& [name, text] : BuiltInScenarios()) {
    if (name == name_or_file) {
      return ParseScenario(fmt::format("{}{}", name, kEnd), text);
    }
    names.push_back(name);
  }
  return absl::NotFoundError(
      fmt::format("there is no scenario \"{}\"; built in are {}; a file of "
                  "your own ends in "
                  ".json or is given with its folder",
                  name_or_file, fmt::join(names, ", ")));
}

}  // namespace slotlog
