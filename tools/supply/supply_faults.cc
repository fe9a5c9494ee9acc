#include "tools/supply/supply_faults.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <string>

namespace slotlog::supply {
namespace {

std::string TextOf(const v1::Slot& slot) {
  return fmt::format(
      "{} to {}, day {}, product {}",
      absl::FormatTime(absl::RFC3339_sec,
                       absl::FromUnixMillis(slot.start_unix_ms()),
                       absl::UTCTimeZone()),
      absl::FormatTime(absl::RFC3339_sec,
                       absl::FromUnixMillis(slot.end_unix_ms()),
                       absl::UTCTimeZone()),
      slot.day_yyyymmdd(), slot.product());
}

}  // namespace

RowFault SiteDiffers(const v1::DefineSite& site) {
  return {"SITE_DIFFERS", "name, region",
          fmt::format("{}, {}", site.name(), site.region()),
          "what the log says of this site: a site is defined once"};
}

RowFault SiteUnknown(const SlotRow& row) {
  return {"SITE_UNKNOWN", "site_id", row.site_id,
          "a site that the log holds or an earlier row defines"};
}

RowFault SiteClosed(std::string_view site_id) {
  return {"SITE_CLOSED", "site_id", std::string(site_id), "an open site"};
}

RowFault SlotDiffers(const v1::Slot& slot) {
  return {"SLOT_DIFFERS", "start, end, day, product", TextOf(slot),
          "what the log says of this slot: only its capacity can be changed"};
}

RowFault CapacityDiffers(const v1::Slot& slot, int32_t known) {
  return {"CAPACITY_DIFFERS", "capacity", std::to_string(slot.capacity()),
          fmt::format("{} as in the log, or --update", known)};
}

}  // namespace slotlog::supply
