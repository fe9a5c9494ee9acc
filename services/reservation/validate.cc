#include "services/reservation/validate.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include "events/ids.h"
#include "services/reservation/limits.h"
#include "services/reservation/validate_fields.h"

namespace slotlog {
namespace {

MaybeFault FaultIn(const v1::DefineSite& site) {
  if (auto fault = FaultInId(site.site_id(), "define_site.site_id")) {
    return fault;
  }
  if (auto fault = FaultInText(site.name(), "define_site.name")) return fault;
  return FaultInText(site.region(), "define_site.region");
}

MaybeFault FaultIn(const v1::Slot& slot, int index) {
  const std::string path = fmt::format("open_slots.slots[{}].", index);
  if (auto fault = FaultInId(slot.slot_id(), path + "slot_id")) {
    return fault;
  }
  if (auto fault =
          FaultInInterval(slot.start_unix_ms(), slot.end_unix_ms(),
                          path + "start_unix_ms", path + "end_unix_ms")) {
    return fault;
  }
  if (auto fault = FaultInCapacity(slot.capacity(), path + "capacity")) {
    return fault;
  }
  if (auto fault = FaultInText(slot.product(), path + "product")) return fault;
  if (slot.day_yyyymmdd() == 0) return std::nullopt;
  return FaultInDate(slot.day_yyyymmdd(), path + "day_yyyymmdd");
}

MaybeFault FaultIn(const v1::OpenSlots& open) {
  if (auto fault = FaultInId(open.site_id(), "open_slots.site_id")) {
    return fault;
  }
  if (open.slots().empty()) {
    return Fault{v1::REFUSAL_LIST_EMPTY, "open_slots.slots"};
  }
  if (open.slots_size() > kSlotsPerOperationMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, "open_slots.slots"};
  }
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < open.slots_size(); ++i) {
    if (auto fault = FaultIn(open.slots(i), i)) return fault;
    if (!seen.insert(open.slots(i).slot_id()).second) {
      return Fault{v1::REFUSAL_SLOT_REPEATED,
                   fmt::format("open_slots.slots[{}].slot_id", i)};
    }
  }
  return std::nullopt;
}

MaybeFault FaultIn(const v1::ChangeCapacity& change) {
  if (auto fault = FaultInId(change.site_id(), "change_capacity.site_id")) {
    return fault;
  }
  if (auto fault = FaultInId(change.slot_id(), "change_capacity.slot_id")) {
    return fault;
  }
  return FaultInCapacity(change.capacity(), "change_capacity.capacity");
}

MaybeFault FaultIn(const v1::ChangeCampaign& change) {
  if (auto fault =
          FaultInCampaign(change.campaign(), "change_campaign.campaign.")) {
    return fault;
  }
  return FaultInInstant(change.effective_unix_ms(),
                        "change_campaign.effective_unix_ms");
}

MaybeFault FaultIn(const v1::CloseSlot& close) {
  if (auto fault = FaultInId(close.site_id(), "close_slot.site_id")) {
    return fault;
  }
  return FaultInId(close.slot_id(), "close_slot.slot_id");
}

/// A visit names a seat, and whose it is.
template <typename Visit>
MaybeFault FaultInVisit(const Visit& visit, const std::string& path) {
  if (auto fault = FaultInId(visit.site_id(), (path + "site_id").c_str())) {
    return fault;
  }
  if (auto fault = FaultInId(visit.slot_id(), (path + "slot_id").c_str())) {
    return fault;
  }
  return FaultInId(visit.citizen_id(), (path + "citizen_id").c_str());
}

MaybeFault FaultIn(const v1::GiveDose& dose) {
  if (auto fault = FaultInVisit(dose, "give_dose.")) return fault;
  if (auto fault = FaultInText(dose.product(), "give_dose.product")) {
    return fault;
  }
  return FaultInText(dose.lot(), "give_dose.lot");
}

}  // namespace

std::optional<Fault> FaultInSender(const v1::Command& command) {
  if (auto fault = FaultInId(command.citizen_id(), "citizen_id")) return fault;
  return FaultInId(command.command_id(), "command_id");
}

std::optional<Fault> FaultIn(const v1::Profile& profile) {
  if (auto fault = FaultInDate(profile.birth_date_yyyymmdd(),
                               "profile.birth_date_yyyymmdd")) {
    return fault;
  }
  if (profile.region().size() > kNameBytesMax) {
    return Fault{v1::REFUSAL_TEXT_TOO_LONG, "profile.region"};
  }
  if (profile.priority_lists_size() > kPriorityListsPerProfileMax) {
    return Fault{v1::REFUSAL_LIST_TOO_LONG, "profile.priority_lists"};
  }
  if (auto fault =
          FaultInNames(profile.priority_lists(), "profile.priority_lists")) {
    return fault;
  }
  if (profile.doses() > kDosesMax) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, "profile.doses"};
  }
  if (profile.last_dose_yyyymmdd() == 0) return std::nullopt;
  if (profile.doses() == 0) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, "profile.doses"};
  }
  return FaultInDate(profile.last_dose_yyyymmdd(),
                     "profile.last_dose_yyyymmdd");
}

namespace {

/// The seat wished for; the fields' names as literals, for every booking comes
/// by here.
template <typename Wish>
MaybeFault FaultInWish(const Wish& wish, std::string_view campaign_id,
                       std::string_view site_id, std::string_view slot_id) {
  if (auto fault = FaultInId(wish.campaign_id(), campaign_id)) return fault;
  if (auto fault = FaultInId(wish.site_id(), site_id)) return fault;
  return FaultInId(wish.slot_id(), slot_id);
}

}  // namespace

std::optional<Fault> FaultIn(const v1::Book& book) {
  return FaultInWish(book, "book.campaign_id", "book.site_id", "book.slot_id");
}

std::optional<Fault> FaultIn(const v1::Hold& hold) {
  return FaultInWish(hold, "hold.campaign_id", "hold.site_id", "hold.slot_id");
}

std::optional<Fault> FaultIn(const v1::Confirm& confirm) {
  return FaultInId(confirm.campaign_id(), "confirm.campaign_id");
}

std::optional<Fault> FaultIn(const v1::Cancel& cancel) {
  return FaultInId(cancel.campaign_id(), "cancel.campaign_id");
}

std::optional<Fault> FaultIn(const v1::JoinWaitlist& join) {
  if (auto fault = FaultInId(join.campaign_id(), "join_waitlist.campaign_id")) {
    return fault;
  }
  if (join.site_id().empty() == join.region().empty()) {
    return Fault{v1::REFUSAL_PLACE_UNCLEAR, "join_waitlist.site_id"};
  }
  if (join.site_id().empty()) {
    if (!join.slot_id().empty()) {
      return Fault{v1::REFUSAL_PLACE_UNCLEAR, "join_waitlist.slot_id"};
    }
    if (join.region().size() > kNameBytesMax) {
      return Fault{v1::REFUSAL_TEXT_TOO_LONG, "join_waitlist.region"};
    }
  } else if (auto fault = FaultInId(join.site_id(), "join_waitlist.site_id")) {
    return fault;
  }
  if (!join.slot_id().empty()) {
    if (auto fault = FaultInId(join.slot_id(), "join_waitlist.slot_id")) {
      return fault;
    }
  }
  if (auto fault =
          FaultInInstant(join.from_unix_ms(), "join_waitlist.from_unix_ms")) {
    return fault;
  }
  if (join.to_unix_ms() == 0) return std::nullopt;
  return FaultInInterval(join.from_unix_ms(), join.to_unix_ms(),
                         "join_waitlist.from_unix_ms",
                         "join_waitlist.to_unix_ms");
}

std::optional<Fault> FaultIn(const v1::LeaveWaitlist& leave) {
  return FaultInId(leave.campaign_id(), "leave_waitlist.campaign_id");
}

std::optional<Fault> FaultIn(const v1::Reschedule& reschedule) {
  return FaultInWish(reschedule, "reschedule.campaign_id", "reschedule.site_id",
                     "reschedule.slot_id");
}

std::optional<Fault> FaultInAction(const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      if (auto fault = FaultIn(command.profile())) return fault;
      return FaultIn(command.book());
    case v1::Command::kHold:
      if (auto fault = FaultIn(command.profile())) return fault;
      return FaultIn(command.hold());
    case v1::Command::kConfirm:
      return FaultIn(command.confirm());
    case v1::Command::kReschedule:
      return FaultIn(command.reschedule());
    case v1::Command::kCancel:
      return FaultIn(command.cancel());
    case v1::Command::kJoinWaitlist:
      if (auto fault = FaultIn(command.profile())) return fault;
      return FaultIn(command.join_waitlist());
    case v1::Command::kLeaveWaitlist:
      return FaultIn(command.leave_waitlist());
    case v1::Command::kTick:
      return std::nullopt;
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return Fault{v1::REFUSAL_ACTION_MISSING, "action"};
}

std::optional<Fault> FaultIn(const v1::Operation& operation) {
  if (auto fault = FaultInId(operation.operation_id(), "operation_id")) {
    return fault;
  }
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return FaultIn(operation.define_site());
    case v1::Operation::kOpenSlots:
      return FaultIn(operation.open_slots());
    case v1::Operation::kChangeCapacity:
      return FaultIn(operation.change_capacity());
    case v1::Operation::kCloseSlot:
      return FaultIn(operation.close_slot());
    case v1::Operation::kCloseSite:
      return FaultInId(operation.close_site().site_id(), "close_site.site_id");
    case v1::Operation::kCheckIn:
      return FaultInVisit(operation.check_in(), "check_in.");
    case v1::Operation::kGiveDose:
      return FaultIn(operation.give_dose());
    case v1::Operation::kDefineCampaign:
      return FaultInCampaign(operation.define_campaign().campaign(),
                             "define_campaign.campaign.");
    case v1::Operation::kChangeCampaign:
      return FaultIn(operation.change_campaign());
    case v1::Operation::ACTION_NOT_SET:
      return Fault{v1::REFUSAL_ACTION_MISSING, "action"};
  }
  return std::nullopt;
}

std::string_view HomeKeyOf(const v1::Operation& operation) {
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return operation.define_site().site_id();
    case v1::Operation::kOpenSlots:
      return operation.open_slots().site_id();
    case v1::Operation::kChangeCapacity:
      return operation.change_capacity().site_id();
    case v1::Operation::kCloseSlot:
      return operation.close_slot().site_id();
    case v1::Operation::kCloseSite:
      return operation.close_site().site_id();
    case v1::Operation::kCheckIn:
      return operation.check_in().site_id();
    case v1::Operation::kGiveDose:
      return operation.give_dose().site_id();
    case v1::Operation::kDefineCampaign:
      return operation.define_campaign().campaign().campaign_id();
    case v1::Operation::kChangeCampaign:
      return operation.change_campaign().campaign().campaign_id();
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  return "";
}

}  // namespace slotlog
