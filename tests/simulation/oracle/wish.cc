#include "tests/simulation/oracle/wish.h"

#include "tests/simulation/oracle/faults.h"

namespace slotlog::oracle {
namespace {

constexpr int kListsOfProfile = 16;
constexpr int64_t kDoses = 99;

template <typename Place>
Wish WishFor(Verb verb, const Place& place) {
  return {.verb = verb,
          .campaign_id = place.campaign_id(),
          .site_id = place.site_id(),
          .slot_id = place.slot_id()};
}

Wish WishIn(Verb verb, const std::string& campaign_id) {
  return {
      .verb = verb, .campaign_id = campaign_id, .site_id = {}, .slot_id = {}};
}

void LookAt(const v1::Profile& profile, Faults& faults) {
  faults.LookAtDate(profile.birth_date_yyyymmdd());
  faults.LookAtName(profile.region());
  faults.LookAtNames(profile.priority_lists(), kListsOfProfile);
  faults.LookAtNumber(profile.doses(), 0, kDoses);
  if (profile.last_dose_yyyymmdd() == 0) return;
  faults.LookAtNumber(profile.doses(), 1, kDoses);
  faults.LookAtDate(profile.last_dose_yyyymmdd());
}

void LookAt(const v1::JoinWaitlist& join, Faults& faults) {
  faults.LookAtIds({join.campaign_id()});
  const bool names_site = !join.site_id().empty();
  const bool names_region = !join.region().empty();
  faults.AddIf(
      names_site == names_region || (names_region && !join.slot_id().empty()),
      v1::REFUSAL_PLACE_UNCLEAR);
  if (names_site) faults.LookAtIds({join.site_id()});
  if (!join.slot_id().empty()) faults.LookAtIds({join.slot_id()});
  faults.LookAtName(join.region());
  faults.LookAtInstant(join.from_unix_ms());
  if (join.to_unix_ms() == 0) return;
  faults.LookAtInterval(join.from_unix_ms(), join.to_unix_ms());
}

}  // namespace

Wish WishOf(const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      return WishFor(Verb::kBook, command.book());
    case v1::Command::kHold:
      return WishFor(Verb::kHold, command.hold());
    case v1::Command::kReschedule:
      return WishFor(Verb::kReschedule, command.reschedule());
    case v1::Command::kConfirm:
      return WishIn(Verb::kConfirm, command.confirm().campaign_id());
    case v1::Command::kCancel:
      return WishIn(Verb::kCancel, command.cancel().campaign_id());
    case v1::Command::kTick:
      return WishIn(Verb::kTick, "");
    case v1::Command::kJoinWaitlist:
      return WishFor(Verb::kJoin, command.join_waitlist());
    case v1::Command::kLeaveWaitlist:
      return WishIn(Verb::kLeave, command.leave_waitlist().campaign_id());
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return {};
}

std::set<v1::Refusal> FaultsOf(const v1::Command& command) {
  Faults faults;
  const Wish wish = WishOf(command);
  faults.LookAtIds({command.citizen_id(), command.command_id()});
  switch (wish.verb) {
    case Verb::kNone:
      faults.AddIf(true, v1::REFUSAL_ACTION_MISSING);
      break;
    case Verb::kBook:
    case Verb::kHold:
      LookAt(command.profile(), faults);
      faults.LookAtIds({wish.campaign_id, wish.site_id, wish.slot_id});
      break;
    case Verb::kReschedule:
      faults.LookAtIds({wish.campaign_id, wish.site_id, wish.slot_id});
      break;
    case Verb::kJoin:
      LookAt(command.profile(), faults);
      LookAt(command.join_waitlist(), faults);
      break;
    case Verb::kConfirm:
    case Verb::kCancel:
    case Verb::kLeave:
      faults.LookAtIds({wish.campaign_id});
      break;
    case Verb::kTick:
      return {};
  }
  return faults.all();
}

}  // namespace slotlog::oracle
