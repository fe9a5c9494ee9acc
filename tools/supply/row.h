// A row of a file that is imported, as the file gives it: texts by the names of
// their fields. Whoever reads a format makes rows; what they mean is read
// elsewhere (supply_row.h). Every fault of a row has a reason, which scripts
// may rely on, and says where, what was found and what should stand there.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slotlog::supply {

/// Where a row stands.
struct RowPlace {
  /// Of the files imported together, from 0.
  uint32_t file = 0;
  /// From 1. Where a row has several lines, the first.
  uint32_t line = 0;
  friend bool operator==(const RowPlace&, const RowPlace&) = default;
};

struct RowFault {
  /// "CAPACITY_OUT_OF_RANGE".
  std::string reason;
  /// As the file names it; empty: the row as a whole.
  std::string field;
  std::string found;
  std::string expected;
};

struct Row {
  uint32_t line = 0;
  std::vector<std::pair<std::string, std::string>> fields = {};
  /// Why it is no row; `fields` then holds nothing to rely on.
  std::vector<RowFault> faults = {};
  /// What is odd and keeps nobody from importing the row.
  std::vector<RowFault> doubts = {};
  /// It helps to read others and is neither site nor slot.
  bool is_context = false;

  /// The field's text; null: the row has no such field.
  const std::string* Find(std::string_view name) const {
    for (const auto& [field, value] : fields) {
      if (field == name) return &value;
    }
    return nullptr;
  }
};

inline Row FaultyRow(uint32_t line, RowFault fault) {
  return {.line = line, .faults = {std::move(fault)}};
}

/// Reads the rows of one file in turn. One thread.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// None: the end. An error ends the file: it cannot be read, or is none of
  /// this format.
  virtual absl::StatusOr<std::optional<Row>> Next() = 0;
};

}  // namespace slotlog::supply
