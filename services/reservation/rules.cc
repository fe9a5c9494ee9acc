#include "services/reservation/rules.h"

namespace slotlog {

Site SiteFrom(const v1::DefineSite& site) {
  return {.name = site.name(),
          .region = site.region(),
          .closed = false,
          .slot_ids = {},
          .delayed_moves = {}};
}

Slot SlotFrom(const v1::Slot& slot) {
  return {.start = absl::FromUnixMillis(slot.start_unix_ms()),
          .end = absl::FromUnixMillis(slot.end_unix_ms()),
          .capacity = slot.capacity(),
          .taken = 0,
          .lowered_to = {},
          .last_seat = {},
          .closed = false,
          .day = Date{slot.day_yyyymmdd()},
          .product = slot.product()};
}

bool StandsAs(const Site& site, const v1::DefineSite& wanted) {
  return site.name == wanted.name() && site.region == wanted.region();
}

bool StandsAs(const Slot& slot, const v1::Slot& wanted) {
  const Slot asked = SlotFrom(wanted);
  const int32_t stated = slot.lowered_to.value_or(slot.capacity);
  return slot.start == asked.start && slot.end == asked.end &&
         stated == asked.capacity && slot.day == asked.day &&
         slot.product == asked.product;
}

CampaignId CampaignOf(const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      return CampaignId{command.book().campaign_id()};
    case v1::Command::kHold:
      return CampaignId{command.hold().campaign_id()};
    case v1::Command::kConfirm:
      return CampaignId{command.confirm().campaign_id()};
    case v1::Command::kCancel:
      return CampaignId{command.cancel().campaign_id()};
    case v1::Command::kReschedule:
      return CampaignId{command.reschedule().campaign_id()};
    case v1::Command::kJoinWaitlist:
      return CampaignId{command.join_waitlist().campaign_id()};
    case v1::Command::kLeaveWaitlist:
      return CampaignId{command.leave_waitlist().campaign_id()};
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return {};
}

bool IsKept(v1::Refusal refusal) {
  switch (refusal) {
    case v1::REFUSAL_CAMPAIGN_UNKNOWN:
    case v1::REFUSAL_NOT_ELIGIBLE:
    case v1::REFUSAL_WINDOW_NOT_OPEN:
    case v1::REFUSAL_WINDOW_OVER:
    case v1::REFUSAL_ALREADY_BOOKED:
    case v1::REFUSAL_NOTHING_TO_CANCEL:
    case v1::REFUSAL_ALREADY_HELD:
    case v1::REFUSAL_NOTHING_TO_CONFIRM:
    case v1::REFUSAL_HOLD_EXPIRED:
    case v1::REFUSAL_HOLDS_NOT_OFFERED:
    case v1::REFUSAL_NO_CHANCES_LEFT:
    case v1::REFUSAL_NOTHING_TO_RESCHEDULE:
    case v1::REFUSAL_SAME_SLOT:
    case v1::REFUSAL_VISIT_BEGAN:
    case v1::REFUSAL_SEAT_GONE:
    case v1::REFUSAL_ALREADY_FULFILLED:
    case v1::REFUSAL_SLOT_UNKNOWN:
    case v1::REFUSAL_SLOT_CLOSED:
    case v1::REFUSAL_SLOT_OVER:
    case v1::REFUSAL_SLOT_FULL:
    case v1::REFUSAL_WRONG_REGION:
    case v1::REFUSAL_NOT_ON_LIST:
    case v1::REFUSAL_WRONG_DOSE:
    case v1::REFUSAL_TOO_SOON_AFTER_LAST_DOSE:
    case v1::REFUSAL_NOT_YOUR_DAY:
    case v1::REFUSAL_ROUND_SHARE_TAKEN:
    case v1::REFUSAL_DAY_LIMIT_REACHED:
    case v1::REFUSAL_SLOT_WITHOUT_DAY:
    case v1::REFUSAL_SEATS_ON_OFFER:
    case v1::REFUSAL_SEATS_FREE:
    case v1::REFUSAL_WAITLIST_NOT_OFFERED:
    case v1::REFUSAL_ALREADY_WAITING:
    case v1::REFUSAL_NOT_WAITING:
    case v1::REFUSAL_SITE_UNKNOWN:
    case v1::REFUSAL_SITE_CLOSED:
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
    case v1::REFUSAL_NUMBER_OUT_OF_RANGE:
    case v1::REFUSAL_LOCAL_TIME_DISAGREES:
    case v1::REFUSAL_WRONG_PARTITION:
    case v1::REFUSAL_COMMAND_ID_REUSED:
    case v1::REFUSAL_BUSY:
    case v1::REFUSAL_TOO_MANY_COMMANDS:
    case v1::REFUSAL_PLACE_UNCLEAR:
    case v1::REFUSAL_SITE_EXISTS:
    case v1::REFUSAL_SLOT_EXISTS:
    case v1::REFUSAL_CAPACITY_BELOW_SEATS_TAKEN:
    case v1::REFUSAL_CAMPAIGN_EXISTS:
    case v1::REFUSAL_TOO_MANY_SLOTS:
    case v1::REFUSAL_SEAT_UNKNOWN:
    case v1::REFUSAL_SEAT_NOT_CONFIRMED:
    case v1::REFUSAL_SEAT_MISSED:
    case v1::REFUSAL_DOSE_ALREADY_GIVEN:
    case v1::REFUSAL_EFFECTIVE_TOO_SOON:
    case v1::REFUSAL_EFFECTIVE_TOO_LATE:
    case v1::REFUSAL_EFFECTIVE_BEFORE_LAST_VERSION:
    case v1::REFUSAL_SEATS_NOT_COUNTED:
    case v1::REFUSAL_TOO_MANY_VERSIONS:
    case v1::Refusal_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Refusal_INT_MAX_SENTINEL_DO_NOT_USE_:
      return false;
  }
  return false;
}

}  // namespace slotlog
