// Local times of a named zone, where clocks skip an hour and repeat one.
// Thread-safe.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <string>

namespace slotlog {

/// The zone of an IANA name, from the machine's tzdata.
absl::StatusOr<absl::TimeZone> FindZone(const std::string& name);

/// "2021-07-19T20:00", seconds if need be: an instant, if it is one there.
/// INVALID_ARGUMENT: it is no time, the zone's clocks skip it, or they show it
/// twice. "2021-07-19T20:00+09:00" says which, and must be what they show.
absl::StatusOr<absl::Time> InstantOf(const std::string& text,
                                     absl::TimeZone zone);
absl::StatusOr<absl::Time> InstantOf(absl::CivilSecond local,
                                     absl::TimeZone zone);

/// "2021-07-19T20:00:00+09:00".
std::string InZone(absl::Time time, absl::TimeZone zone);

}  // namespace slotlog
