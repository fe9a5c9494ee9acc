#include "tools/supply/scheduling_links.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/supply/json_rows.h"

namespace slotlog::supply {
namespace {

using nlohmann::json;

constexpr std::string_view kCapacityExtension = "slot-capacity";
constexpr std::string_view kDoseExtension = "vaccine-dose";
/// More doses than any schedule of vaccinations has yet counted.
constexpr int64_t kDosePlausibleMax = 6;
constexpr size_t kUsPostalCodeDigits = 5;

/// The value at this path; null where one of its steps is missing.
const json& At(const json& from, std::initializer_list<std::string_view> path) {
  static const json* const kNothing = new json();
  const json* at = &from;
  for (const std::string_view step : path) {
    if (at->is_array() && !at->empty()) at = &at->front();
    if (!at->is_object()) return *kNothing;
    const auto found = at->find(step);
    if (found == at->end()) return *kNothing;
    at = &*found;
  }
  return *at;
}

/// The values of the extensions whose URL ends so, whatever their type.
std::vector<const json*> ExtensionsOf(const json& resource,
                                      std::string_view name) {
  std::vector<const json*> values;
  for (const json& extension : At(resource, {"extension"})) {
    const json& url = At(extension, {"url"});
    if (!url.is_string() ||
        !url.get_ref<const std::string&>().ends_with(name)) {
      continue;
    }
    for (const auto& [key, value] : extension.items()) {
      if (key.starts_with("value")) values.push_back(&value);
    }
  }
  return values;
}

void Copy(const json& value, std::string_view field, Row& row) {
  if (!value.is_null()) row.fields.emplace_back(field, TextOf(value));
}

/// "Schedule/116" is "116".
std::string IdIn(const json& reference) {
  const std::string text = reference.is_null() ? "" : TextOf(reference);
  return text.substr(text.rfind('/') + 1);
}

void TakeLocation(const json& location, Row& row) {
  Copy(At(location, {"id"}), "site_id", row);
  Copy(At(location, {"name"}), "name", row);
  Copy(At(location, {"address", "state"}), "region", row);
  const json& code = At(location, {"address", "postalCode"});
  if (!code.is_string()) return;
  const auto& text = code.get_ref<const std::string&>();
  const size_t digits = std::min(text.find('-'), text.size());
  const bool is_number =
      digits > 0 && text.find_first_not_of("0123456789-") == std::string::npos;
  if (is_number && digits < kUsPostalCodeDigits) {
    row.doubts.push_back({"POSTAL_CODE_LOST_ZERO", "address.postalCode", text,
                          "five digits before the dash"});
  }
}

void TakeCapacity(const json& slot, bool is_busy, Row& row) {
  const auto capacities = ExtensionsOf(slot, kCapacityExtension);
  if (capacities.size() > 1) {
    row.faults.push_back({"FIELD_REPEATED", std::string(kCapacityExtension),
                          fmt::format("{} and {}", TextOf(*capacities[0]),
                                      TextOf(*capacities[1])),
                          "one value"});
    return;
  }
  const bool is_said = !capacities.empty() && !capacities[0]->is_null();
  const std::string capacity = is_said ? TextOf(*capacities[0]) : "1";
  if (is_busy) {
    row.doubts.push_back({"SLOT_BUSY", "status",
                          fmt::format("busy, with a capacity of {}", capacity),
                          "free; of a busy slot nothing is left: 0 is taken"});
  }
  row.fields.emplace_back("capacity", is_busy ? "0" : capacity);
}

}  // namespace

void SchedulingLinks::TakeSchedule(const json& schedule, Row& row) {
  const std::string id = IdIn(At(schedule, {"id"}));
  const std::string site_id = IdIn(At(schedule, {"actor", "reference"}));
  if (id.empty() || site_id.empty()) {
    row.faults.push_back({"FIELD_MISSING",
                          id.empty() ? "id" : "actor.reference", "nothing",
                          "a Schedule with its id and its Location"});
    return;
  }
  const auto doses = ExtensionsOf(schedule, kDoseExtension);
  const json dose = doses.empty() ? json() : *doses.front();
  if (dose.is_number_integer() &&
      (dose.get<int64_t>() < 1 || dose.get<int64_t>() > kDosePlausibleMax)) {
    row.doubts.push_back({"DOSE_NOT_PLAUSIBLE", "vaccine-dose", TextOf(dose),
                          fmt::format("1 to {}", kDosePlausibleMax)});
  }
  const auto [at, is_new] = schedules_.try_emplace(id, site_id);
  if (!is_new && at->second != site_id) {
    row.faults.push_back({"SCHEDULE_REPEATED", "id", id,
                          "one Schedule of this id, or the same again"});
  }
}

void SchedulingLinks::TakeSlot(const json& slot, Row& row) const {
  const std::string status = TextOf(At(slot, {"status"}));
  if (status != "free" && status != "busy") {
    row.faults.push_back(
        {"STATUS_NOT_BOOKABLE", "status", status, "free or busy"});
  }
  const std::string schedule = IdIn(At(slot, {"schedule", "reference"}));
  const auto found = schedules_.find(schedule);
  if (found == schedules_.end()) {
    row.faults.push_back({"SCHEDULE_UNKNOWN", "schedule.reference", schedule,
                          "a Schedule that was read before"});
  } else {
    row.fields.emplace_back("site_id", found->second);
  }
  Copy(At(slot, {"id"}), "slot_id", row);
  Copy(At(slot, {"start"}), "start", row);
  Copy(At(slot, {"end"}), "end", row);
  TakeCapacity(slot, status == "busy", row);
}

absl::StatusOr<std::optional<Row>> SchedulingLinks::Next() {
  while (true) {
    auto line = lines_.Next();
    if (!line.ok()) return line.status();
    if (!line->has_value()) return std::nullopt;
    if ((*line)->text.empty()) continue;
    auto object = ObjectIn(**line);
    if (auto* fault = std::get_if<RowFault>(&object)) {
      return FaultyRow((*line)->number, std::move(*fault));
    }
    const json& resource = std::get<json>(object);
    Row row{.line = (*line)->number};
    const std::string type = TextOf(At(resource, {"resourceType"}));
    if (type == "Location") {
      TakeLocation(resource, row);
    } else if (type == "Slot") {
      TakeSlot(resource, row);
    } else if (type == "Schedule") {
      if (schedules_.size() >= kSchedulesMax) {
        return absl::ResourceExhaustedError(
            fmt::format("{}:{}: more than {} Schedules", lines_.name(),
                        row.line, kSchedulesMax));
      }
      TakeSchedule(resource, row);
      row.is_context = true;
    } else {
      row.faults.push_back({"RESOURCE_UNKNOWN", "resourceType", type,
                            "Location, Schedule or Slot"});
    }
    return row;
  }
}

}  // namespace slotlog::supply
