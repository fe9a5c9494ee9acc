#include "services/reservation/rules.h"

namespace slotlog {

Site SiteFrom(const v1::DefineSite& site) {
  return {.name = site.name(), .region = site.region()};
}

Slot SlotFrom(const v1::Slot& slot) {
  return {.start = absl::FromUnixMillis(slot.start_unix_ms()),
          .end = absl::FromUnixMillis(slot.end_unix_ms()),
          .capacity = slot.capacity()};
}

Campaign CampaignFrom(const v1::Campaign& campaign, Shard home) {
  return {.born_from = Date{campaign.born_from_yyyymmdd()},
          .born_to = Date{campaign.born_to_yyyymmdd()},
          .opens = absl::FromUnixMillis(campaign.opens_unix_ms()),
          .closes = absl::FromUnixMillis(campaign.closes_unix_ms()),
          .home = home,
          .awaited = {},
          .operation_id = {},
          .operation_offset = {}};
}

bool StandsAs(const Slot& slot, const v1::Slot& wanted) {
  const Slot asked = SlotFrom(wanted);
  return slot.start == asked.start && slot.end == asked.end &&
         slot.capacity == asked.capacity;
}

bool StandsAs(const Campaign& campaign, const v1::Campaign& wanted) {
  const Campaign asked = CampaignFrom(wanted, campaign.home);
  return campaign.born_from == asked.born_from &&
         campaign.born_to == asked.born_to && campaign.opens == asked.opens &&
         campaign.closes == asked.closes;
}

bool IsKept(v1::Refusal refusal) {
  switch (refusal) {
    case v1::REFUSAL_CAMPAIGN_UNKNOWN:
    case v1::REFUSAL_NOT_ELIGIBLE:
    case v1::REFUSAL_WINDOW_NOT_OPEN:
    case v1::REFUSAL_WINDOW_OVER:
    case v1::REFUSAL_ALREADY_BOOKED:
    case v1::REFUSAL_NOTHING_TO_CANCEL:
    case v1::REFUSAL_SLOT_UNKNOWN:
    case v1::REFUSAL_SLOT_CLOSED:
    case v1::REFUSAL_SLOT_OVER:
    case v1::REFUSAL_SLOT_FULL:
      return true;
    case v1::REFUSAL_UNSPECIFIED:
    case v1::REFUSAL_ACTION_MISSING:
    case v1::REFUSAL_ID_MISSING:
    case v1::REFUSAL_ID_TOO_LONG:
    case v1::REFUSAL_DATE_OUT_OF_RANGE:
    case v1::REFUSAL_INTERVAL_NOT_POSITIVE:
    case v1::REFUSAL_CAPACITY_OUT_OF_RANGE:
    case v1::REFUSAL_LIST_EMPTY:
    case v1::REFUSAL_LIST_TOO_LONG:
    case v1::REFUSAL_TEXT_TOO_LONG:
    case v1::REFUSAL_SLOT_REPEATED:
    case v1::REFUSAL_WRONG_PARTITION:
    case v1::REFUSAL_COMMAND_ID_REUSED:
    case v1::REFUSAL_BUSY:
    case v1::REFUSAL_TOO_MANY_COMMANDS:
    case v1::REFUSAL_SITE_UNKNOWN:
    case v1::REFUSAL_SITE_EXISTS:
    case v1::REFUSAL_SLOT_EXISTS:
    case v1::REFUSAL_CAPACITY_BELOW_SEATS_TAKEN:
    case v1::REFUSAL_CAMPAIGN_EXISTS:
    case v1::Refusal_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Refusal_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

}  // namespace slotlog
