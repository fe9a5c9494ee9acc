// Rows of SMART Scheduling Links, as FHIR servers publish them in bulk: one
// Location, Schedule or Slot a line (http://docs.smarthealthit.org/
// smart-scheduling-links). A Location becomes a site, a Slot a slot; a Schedule
// says at which Location its Slots are and helps to read them (`is_context`).
// Read them in this order: a Slot whose Schedule was not read is faulty.
//
//   site_id   Location.id                     name    Location.name
//   region    Location.address.state
//   slot_id   Slot.id                         start, end   Slot.start, Slot.end
//   capacity  the extension slot-capacity; without it 1, as its definition
//   says;
//             0 where Slot.status is busy: nothing is left, whatever it holds
//
// Publications have odd values that no row of ours holds, and that tell how far
// to trust the rest: they are doubts. One thread.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tools/supply/line_reader.h"
#include "tools/supply/row.h"

namespace slotlog::supply {

/// Of Schedules kept in memory.
inline constexpr size_t kSchedulesMax = 1'000'000;

/// Which Location a Schedule is about; shared by the files of one publication.
using Schedules = absl::flat_hash_map<std::string, std::string>;

class SchedulingLinks final : public RowReader {
 public:
  /// Both outlive the reader.
  SchedulingLinks(LineReader& lines, Schedules& schedules)
      : lines_(lines), schedules_(schedules) {}

  absl::StatusOr<std::optional<Row>> Next() override;

 private:
  void TakeSchedule(const nlohmann::json& schedule, Row& row);
  void TakeSlot(const nlohmann::json& slot, Row& row) const;

  LineReader& lines_;
  Schedules& schedules_;
};

}  // namespace slotlog::supply
