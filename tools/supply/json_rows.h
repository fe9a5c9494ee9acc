// Rows of a file with one JSON object a line (NDJSON). A value becomes a text:
// numbers as they are written, `null` as a field that is missing. Names may be
// written as the contract's JSON mapping writes them, too: siteId is site_id.
// Lines that are empty are no rows. A field that stands there twice, also by
// two names, makes the row a bad one: who knows which was meant. One thread.

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "tools/supply/line_reader.h"
#include "tools/supply/row.h"

namespace slotlog::supply {

/// What a line says: an object, or why it says none.
std::variant<nlohmann::json, RowFault> ObjectIn(const Line& line);

/// The text of a value; nested ones as JSON.
std::string TextOf(const nlohmann::json& value);

class JsonRows final : public RowReader {
 public:
  /// `lines` outlives the reader.
  explicit JsonRows(LineReader& lines) : lines_(lines) {}
  absl::StatusOr<std::optional<Row>> Next() override;

 private:
  LineReader& lines_;
};

}  // namespace slotlog::supply
