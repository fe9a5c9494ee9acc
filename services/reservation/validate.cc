#include "services/reservation/validate.h"

#include <absl/container/flat_hash_set.h>
#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include "services/reservation/limits.h"

namespace slotlog {
namespace {

constexpr Date kFirstDate{18500101};
constexpr Date kLastDate{99991231};
constexpr int64_t kLastUnixMillis = 253'402'300'799'999;  // the end of 9999

using MaybeFault = std::optional<Fault>;

MaybeFault FaultInId(const std::string& id, const char* field) {
  if (id.empty()) return Fault{v1::REFUSAL_ID_MISSING, field};
  if (id.size() > kIdBytesMax) return Fault{v1::REFUSAL_ID_TOO_LONG, field};
  return std::nullopt;
}

MaybeFault FaultInText(const std::string& text, const char* field) {
  if (text.size() > kTextBytesMax) {
    return Fault{v1::REFUSAL_TEXT_TOO_LONG, field};
  }
  return std::nullopt;
}

MaybeFault FaultInDate(uint32_t yyyymmdd, const char* field) {
  const int year = static_cast<int>(yyyymmdd / 10000);
  const int month = static_cast<int>(yyyymmdd / 100 % 100);
  const int day = static_cast<int>(yyyymmdd % 100);
  const Date date{yyyymmdd};
  const absl::CivilDay civil(year, month, day);  // 30 February becomes 2 March
  const bool exists = civil.month() == month && civil.day() == day;
  if (date < kFirstDate || date > kLastDate || !exists) {
    return Fault{v1::REFUSAL_DATE_OUT_OF_RANGE, field};
  }
  return std::nullopt;
}

MaybeFault FaultInInterval(int64_t from_unix_ms, int64_t to_unix_ms,
                           const std::string& from, const std::string& to) {
  if (from_unix_ms < 0 || from_unix_ms > kLastUnixMillis) {
    return Fault{v1::REFUSAL_DATE_OUT_OF_RANGE, from};
  }
  if (to_unix_ms < 0 || to_unix_ms > kLastUnixMillis) {
    return Fault{v1::REFUSAL_DATE_OUT_OF_RANGE, to};
  }
  if (to_unix_ms <= from_unix_ms) {
    return Fault{v1::REFUSAL_INTERVAL_NOT_POSITIVE, to};
  }
  return std::nullopt;
}

MaybeFault FaultInCapacity(int32_t capacity, const std::string& field) {
  if (capacity < 0 || capacity > kSlotCapacityMax) {
    return Fault{v1::REFUSAL_CAPACITY_OUT_OF_RANGE, field};
  }
  return std::nullopt;
}

MaybeFault FaultIn(const v1::DefineSite& site) {
  if (auto fault = FaultInId(site.site_id(), "define_site.site_id")) {
    return fault;
  }
  if (auto fault = FaultInText(site.name(), "define_site.name")) return fault;
  return FaultInText(site.region(), "define_site.region");
}

MaybeFault FaultIn(const v1::Slot& slot, int index) {
  const std::string path = fmt::format("open_slots.slots[{}].", index);
  if (auto fault = FaultInId(slot.slot_id(), (path + "slot_id").c_str())) {
    return fault;
  }
  if (auto fault =
          FaultInInterval(slot.start_unix_ms(), slot.end_unix_ms(),
                          path + "start_unix_ms", path + "end_unix_ms")) {
    return fault;
  }
  return FaultInCapacity(slot.capacity(), path + "capacity");
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

MaybeFault FaultIn(const v1::CloseSlot& close) {
  if (auto fault = FaultInId(close.site_id(), "close_slot.site_id")) {
    return fault;
  }
  return FaultInId(close.slot_id(), "close_slot.slot_id");
}

MaybeFault FaultIn(const v1::DefineCampaign& define) {
  const v1::Campaign& campaign = define.campaign();
  const std::string path = "define_campaign.campaign.";
  if (auto fault =
          FaultInId(campaign.campaign_id(), (path + "campaign_id").c_str())) {
    return fault;
  }
  if (auto fault = FaultInDate(campaign.born_from_yyyymmdd(),
                               (path + "born_from_yyyymmdd").c_str())) {
    return fault;
  }
  if (auto fault = FaultInDate(campaign.born_to_yyyymmdd(),
                               (path + "born_to_yyyymmdd").c_str())) {
    return fault;
  }
  if (campaign.born_to_yyyymmdd() < campaign.born_from_yyyymmdd()) {
    return Fault{v1::REFUSAL_INTERVAL_NOT_POSITIVE, path + "born_to_yyyymmdd"};
  }
  return FaultInInterval(campaign.opens_unix_ms(), campaign.closes_unix_ms(),
                         path + "opens_unix_ms", path + "closes_unix_ms");
}

}  // namespace

std::optional<Fault> FaultInSender(const v1::Command& command) {
  if (auto fault = FaultInId(command.citizen_id(), "citizen_id")) return fault;
  return FaultInId(command.command_id(), "command_id");
}

std::optional<Fault> FaultIn(const v1::Profile& profile) {
  return FaultInDate(profile.birth_date_yyyymmdd(),
                     "profile.birth_date_yyyymmdd");
}

std::optional<Fault> FaultIn(const v1::Book& book) {
  if (auto fault = FaultInId(book.campaign_id(), "book.campaign_id")) {
    return fault;
  }
  if (auto fault = FaultInId(book.site_id(), "book.site_id")) return fault;
  return FaultInId(book.slot_id(), "book.slot_id");
}

std::optional<Fault> FaultIn(const v1::Cancel& cancel) {
  return FaultInId(cancel.campaign_id(), "cancel.campaign_id");
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
    case v1::Operation::kDefineCampaign:
      return FaultIn(operation.define_campaign());
    case v1::Operation::ACTION_NOT_SET:
      return Fault{v1::REFUSAL_ACTION_MISSING, "action"};
  }
  return std::nullopt;
}

}  // namespace slotlog
