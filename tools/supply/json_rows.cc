#include "tools/supply/json_rows.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <utility>

namespace slotlog::supply {
namespace {

/// "slotId" is "slot_id".
std::string InSnakeCase(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    if (absl::ascii_isupper(letter)) text += '_';
    text += absl::ascii_tolower(letter);
  }
  return text;
}

}  // namespace

std::variant<nlohmann::json, RowFault> ObjectIn(const Line& line) {
  if (line.is_too_long) {
    return RowFault{"LINE_TOO_LONG", "", "a longer line",
                    fmt::format("{} bytes at most", kLineBytesMax)};
  }
  auto object = nlohmann::json::parse(line.text, nullptr,
                                      /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return RowFault{"NOT_AN_OBJECT", "", line.text, "one JSON object a line"};
  }
  return object;
}

std::string TextOf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::StatusOr<std::optional<Row>> JsonRows::Next() {
  while (true) {
    auto line = lines_.Next();
    if (!line.ok()) return line.status();
    if (!line->has_value()) return std::nullopt;
    if ((*line)->text.empty()) continue;
    auto object = ObjectIn(**line);
    if (auto* fault = std::get_if<RowFault>(&object)) {
      return FaultyRow((*line)->number, std::move(*fault));
    }
    Row row{.line = (*line)->number};
    for (const auto& [name, value] : std::get<nlohmann::json>(object).items()) {
      if (value.is_null()) continue;
      row.fields.emplace_back(InSnakeCase(name), TextOf(value));
    }
    return row;
  }
}

}  // namespace slotlog::supply
