// A day small enough for a test, which each test changes as it needs.

#pragma once

#include "tools/rush/scenario.h"

namespace slotlog {

/// 300 people, of them 20 too young and 30 too early; 100 seats in 20 slots of
/// 5 sites; 1,000 commands.
inline Scenario SmallRush() {
  Scenario scenario;
  scenario.name = "small";
  scenario.title = "A small rush";
  scenario.cohort = {"first", absl::CivilDay(1962, 1, 1),
                     absl::CivilDay(1966, 12, 31)};
  scenario.next_cohort =
      Cohort{"next", absl::CivilDay(1967, 1, 1), absl::CivilDay(1968, 12, 31)};
  scenario.citizens = 250;
  scenario.not_eligible = 20;
  scenario.too_early = 30;
  scenario.seats = 100;
  scenario.sites = 5;
  scenario.first_slot = absl::CivilMinute(2021, 7, 26, 9, 0);
  scenario.utc_offset = absl::Hours(9);
  scenario.slot_days = 2;
  scenario.slots_per_day = 2;
  scenario.slot_minutes = 180;
  scenario.commands = 1'000;
  scenario.choice = Choice::kPopularity;
  scenario.popularity_exponent = 0.8;
  scenario.repeat_percent = 20;
  scenario.cancel_percent = 10;
  return scenario;
}

/// 200 people with a seat each, and nothing else.
inline Scenario SmallUniform() {
  Scenario scenario = SmallRush();
  scenario.citizens = 200;
  scenario.not_eligible = 0;
  scenario.too_early = 0;
  scenario.seats = 200;
  scenario.commands = 200;
  scenario.choice = Choice::kOwnSeat;
  scenario.repeat_percent = 0;
  scenario.cancel_percent = 0;
  return scenario;
}

}  // namespace slotlog
