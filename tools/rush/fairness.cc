#include "tools/rush/fairness.h"

#include <fmt/format.h>

#include <algorithm>

namespace slotlog {
namespace {

constexpr uint64_t kPlaces = UINT16_MAX >> 1;
constexpr uint64_t kTenths = 10;

void Count(bool is_booked, SuccessRate& rate) {
  ++rate.tried;
  if (is_booked) ++rate.booked;
}

}  // namespace

Fairness::Fairness(uint32_t people, uint64_t commands)
    : people_(people), commands_in_place_(commands / kPlaces + 1) {}

void Fairness::Answered(PersonNumber number, CommandNumber command,
                        Offset offset, v1::Outcome outcome) {
  uint16_t& person = people_[number.value];
  if (command == CommandNumber{1}) {
    const uint64_t place = std::min(
        static_cast<uint64_t>(offset.value) / commands_in_place_ + 1, kPlaces);
    person = static_cast<uint16_t>(place << 1 | (person & 1));
  }
  if (outcome == v1::OUTCOME_BOOKED) person |= 1;
  if (outcome == v1::OUTCOME_CANCELLED) person &= UINT16_MAX - 1;
}

std::vector<uint8_t> Fairness::TenthsOf(const Population& population) const {
  std::vector<uint64_t> people_at(kPlaces + 1);
  uint64_t people = 0;
  for (PersonNumber person{0}; person.value < people_.size(); ++person) {
    if (PlaceOf(person) == 0 || !population.IsEligible(person)) continue;
    ++people_at[PlaceOf(person)];
    ++people;
  }
  std::vector<uint8_t> tenths(kPlaces + 1);
  uint64_t before = 0;
  for (size_t place = 1; place <= kPlaces; ++place) {
    // Who share a place go where the middle one of them does.
    const uint64_t middle = before + people_at[place] / 2;
    before += people_at[place];
    if (people_at[place] == 0) continue;
    tenths[place] = static_cast<uint8_t>(middle * kTenths / people);
  }
  return tenths;
}

FairnessReport Fairness::Report(const Population& population,
                                const Places& places) const {
  const Regions& regions = places.regions();
  FairnessReport report;
  report.by_cohort = {{"eligible"}, {"other ages"}, {"next cohort"}};
  for (RegionNumber region{0}; region.value < regions.Count(); ++region) {
    report.by_region.push_back({std::string(regions.NameOf(region))});
  }
  const bool has_rotation = places.rotation().Exists();
  for (uint32_t digit = 0; has_rotation && digit < 10; ++digit) {
    report.by_birth_day_digit.push_back({fmt::format("{}", digit)});
  }
  for (uint64_t tenth = 1; tenth <= kTenths; ++tenth) {
    report.by_arrival.push_back({fmt::format("{}", tenth)});
  }

  const std::vector<uint8_t> tenths = TenthsOf(population);
  for (PersonNumber person{0}; person.value < people_.size(); ++person) {
    if (PlaceOf(person) == 0) continue;
    const bool is_booked = IsBooked(person);
    if (!population.IsEligible(person)) {
      Count(is_booked,
            report.by_cohort[population.WantsNextCampaign(person) ? 2 : 1]);
      continue;
    }
    Count(is_booked, report.by_cohort[0]);
    if (has_rotation) {
      Count(is_booked,
            report.by_birth_day_digit[population.BirthDateDigits(person) % 10]);
    }
    Count(is_booked, report.by_region[population.RegionOf(person).value]);
    Count(is_booked, report.by_arrival[tenths[PlaceOf(person)]]);
  }
  if (regions.NameOf(RegionNumber{0}).empty()) report.by_region.clear();
  return report;
}

}  // namespace slotlog
