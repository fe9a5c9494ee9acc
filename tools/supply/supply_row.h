// What a row of a file says: a site or a slot of ours, or every fault that it
// has. The bounds are those of the core (services/reservation/limits.h), so
// that what is read here is not refused there for its form. Pure.
//
// A row with any field of a slot is a slot. Times are RFC 3339 with an offset,
// or milliseconds since 1970 in the fields start_unix_ms and end_unix_ms; a day
// is 2021-07-26 or 20210726.

#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "slotlog/v1/operations.pb.h"
#include "tools/supply/row.h"

namespace slotlog::supply {

struct SlotRow {
  std::string site_id;
  v1::Slot slot;
};

using SupplyRow = std::variant<v1::DefineSite, SlotRow>;

struct RowRules {
  /// A slot without a day has that of its start, as the file writes it: where
  /// the file writes local times.
  bool takes_day_of_start = false;
};

struct SupplyReading {
  /// None: there are faults.
  std::optional<SupplyRow> row;
  std::vector<RowFault> faults;
  std::vector<RowFault> doubts;
};

SupplyReading ReadSupplyRow(const Row& row, const RowRules& rules);

}  // namespace slotlog::supply
