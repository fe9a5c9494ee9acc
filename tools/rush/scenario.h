// A day to rehearse, as data: who comes, what there is to book, how people
// behave. Read from JSON; every field is a value, or a value with its source:
//
//   "sites": {"value": 13000, "source": "assumed: about as many took part"}
//
// so that a reader can tell what was reported from what was assumed. A file
// that is wrong is refused by file, line and field. The built-in scenarios
// stand in tools/scenarios/ and are part of the program.
//
// Immutable once parsed; thread-safe.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slotlog {

inline constexpr uint32_t kPeopleMax = 20'000'000;
inline constexpr uint32_t kSitesMax = 1'000'000;
/// One operation opens them.
inline constexpr uint32_t kRushSlotsPerSiteMax = 128;
inline constexpr uint32_t kSlotsMax = 2'000'000;

/// A campaign and those who may book in it. When is not said: a rehearsal takes
/// place now, so this campaign stands open and the next one doesn't yet.
struct Cohort {
  std::string campaign_id;
  absl::CivilDay born_from;
  absl::CivilDay born_to;
};

/// A part of the country.
struct Region {
  std::string name;
  /// Of all people and all sites, in proportion to the other regions' shares.
  uint32_t share = 0;
};

/// A day as the contract writes it: 19620131.
uint32_t DateDigits(absl::CivilDay day);

/// How people choose where to book.
enum class Choice {
  /// Each the seat that is kept for them: nobody is refused.
  kOwnSeat,
  /// A site by its popularity first; then what the availability page shows.
  kPopularity,
};

struct Scenario {
  /// "uniform": the file's name without its folder and ".json".
  std::string name;
  /// XXH3-64 of the text that it was read from, in hexadecimal digits.
  std::string digest;
  std::string title;

  Cohort cohort;
  /// Whose people come too early; none: nobody does.
  std::optional<Cohort> next_cohort;

  /// People: eligible; of other ages; of the next cohort.
  uint32_t citizens = 0;
  uint32_t not_eligible = 0;
  uint32_t too_early = 0;

  /// Where people live and sites stand; none: nobody asks.
  std::vector<Region> regions;

  /// Spread evenly over all slots of all sites.
  uint32_t seats = 0;
  uint32_t sites = 0;
  /// The first slot's start as the sites' clocks show it, and how far they
  /// are ahead of UTC.
  absl::CivilMinute first_slot;
  absl::Duration utc_offset;
  uint32_t slot_days = 0;
  uint32_t slots_per_day = 0;
  uint32_t slot_minutes = 0;

  /// The rehearsal ends when so many were published and answered, or when
  /// nobody wishes anything any more.
  uint64_t commands = 0;
  Choice choice = Choice::kOwnSeat;
  /// Site k of n is chosen in proportion to 1 / k^exponent.
  double popularity_exponent = 0;
  /// Of the commands sent: so many are sent once more while unanswered.
  uint32_t repeat_percent = 0;
  /// Of those booked: so many cancel, once.
  uint32_t cancel_percent = 0;

  /// People hold a seat for so long, and book only once the first hold has run
  /// out; 0: they book at once.
  uint32_t hold_seconds = 0;
  /// Of those who hold a seat: so many confirm it, at once; the others let it
  /// run out, and stay away.
  uint32_t confirm_percent = 0;

  /// Ten days, from this one on, each of so many seconds, on which people book
  /// whose day of birth ends in the date's last digit; then all may. 0: no
  /// rotation.
  uint32_t rotation_day_seconds = 0;
  absl::CivilDay rotation_first_day;
  /// Of those: so many come before their window opens; so many try on a day
  /// drawn by chance first.
  uint32_t early_percent = 0;
  uint32_t wrong_day_percent = 0;

  /// What happened on the day, for people and as numbers; 0: not known.
  std::string on_the_day;
  uint64_t on_the_day_bookings = 0;
  uint64_t on_the_day_seconds = 0;

  uint32_t People() const { return citizens + not_eligible + too_early; }
  uint32_t SlotsPerSite() const { return slot_days * slots_per_day; }
  uint32_t Slots() const { return sites * SlotsPerSite(); }
};

/// INVALID_ARGUMENT: "korea.json:12: sites: must be ...". `file` is how
/// errors name the text.
absl::StatusOr<Scenario> ParseScenario(std::string_view file,
                                       std::string_view text);

/// The same day with so many seats, and everything that is counted in people,
/// sites or commands larger or smaller by as much, as are the time that a seat
/// is held and a day of the rotation. INVALID_ARGUMENT: it would be beyond a
/// bound. REQUIRES: seats > 0.
absl::StatusOr<Scenario> WithSeats(const Scenario& scenario, uint32_t seats);

/// Its name and text, as built into the program.
struct BuiltInScenario {
  std::string_view name;
  std::string_view text;
};
/// By name, ascending.
const std::vector<BuiltInScenario>& BuiltInScenarios();

/// The scenario of this name (built in), or in this file: what ends in ".json"
/// or contains a slash. NOT_FOUND names those that there are.
absl::StatusOr<Scenario> FindScenario(std::string_view name_or_file);

}  // namespace slotlog
