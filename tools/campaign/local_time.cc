#include "tools/campaign/local_time.h"

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <fmt/format.h>

namespace slotlog {
namespace {

std::string TextOf(absl::CivilSecond local) {
  return absl::FormatCivilTime(local);
}

/// A file of this machine, and what this machine is set to, are no names.
bool IsZoneName(const std::string& name) {
  return !name.empty() && absl::ascii_isalpha(name.front()) &&
         name != "localtime" && name.find('\0') == std::string::npos;
}

}  // namespace

absl::StatusOr<absl::TimeZone> FindZone(const std::string& name) {
  absl::TimeZone zone;
  if (IsZoneName(name) && absl::LoadTimeZone(name, &zone)) return zone;
  return absl::InvalidArgumentError(
      fmt::format("\"{}\" is no time zone that this machine knows; an IANA "
                  "name as Asia/Seoul is, and the package tzdata has them",
                  name));
}

absl::StatusOr<absl::Time> InstantOf(absl::CivilSecond local,
                                     absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo info = zone.At(local);
  switch (info.kind) {
    case absl::TimeZone::TimeInfo::UNIQUE:
      return info.pre;
    case absl::TimeZone::TimeInfo::SKIPPED:
      return absl::InvalidArgumentError(fmt::format(
          "{} never is: the clocks of {} go on from {} to {}", TextOf(local),
          zone.name(), TextOf(zone.At(info.trans - absl::Seconds(1)).cs + 1),
          TextOf(zone.At(info.trans).cs)));
    case absl::TimeZone::TimeInfo::REPEATED:
      return absl::InvalidArgumentError(
          fmt::format("{} is twice, as the clocks of {} are put back: write {} "
                      "or {}",
                      TextOf(local), zone.name(), InZone(info.pre, zone),
                      InZone(info.post, zone)));
  }
  return absl::InternalError("a kind of local time that is not known");
}

absl::StatusOr<absl::Time> InstantOf(const std::string& text,
                                     absl::TimeZone zone) {
  absl::CivilSecond local;
  if (text.find('T') != std::string::npos &&
      absl::ParseLenientCivilTime(text, &local)) {
    return InstantOf(local, zone);
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%E*S%Ez", text, &time, &error) &&
      !absl::ParseTime("%Y-%m-%dT%H:%M%Ez", text, &time, &error)) {
    return absl::InvalidArgumentError(fmt::format(
        "\"{}\" is no time; one is 2021-07-19T20:00, by the zone's clocks",
        text));
  }
  // 16 characters are the date, hours and minutes.
  const std::string shown = InZone(time, zone);
  if (shown.substr(0, 16) != text.substr(0, 16)) {
    return absl::InvalidArgumentError(
        fmt::format("{} has another offset than {}, where it is {} then", text,
                    zone.name(), shown));
  }
  return time;
}

std::string InZone(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", time, zone);
}

}  // namespace slotlog
