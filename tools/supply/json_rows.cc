#include "tools/supply/json_rows.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <utility>

#include "tools/repeated_name.h"

namespace slotlog::supply {
namespace {

/// Deeper than any row; who reads what the parser built does so recursively.
constexpr int kDepthMax = 64;

/// "slotId" is "slot_id".
std::string InSnakeCase(std::string_view name) {
  std::string text;
  for (const char letter : name) {
    if (absl::ascii_isupper(letter)) text += '_';
    text += absl::ascii_tolower(letter);
  }
  return text;
}

RowFault Repeated(std::string name, const Line& line) {
  return {"FIELD_REPEATED", std::move(name), line.text,
          "each field once, by one name"};
}

/// The fields of a line's object, by our names.
Row RowOf(const nlohmann::json& object, const Line& line) {
  Row row{.line = line.number};
  absl::flat_hash_set<std::string> names;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) continue;
    std::string ours = InSnakeCase(name);
    if (!names.insert(ours).second) {
      return FaultyRow(line.number, Repeated(name, line));
    }
    row.fields.emplace_back(std::move(ours), TextOf(value));
  }
  return row;
}

}  // namespace

std::variant<nlohmann::json, RowFault> ObjectIn(const Line& line) {
  if (line.is_too_long) {
    return RowFault{"LINE_TOO_LONG", "", "a longer line",
                    fmt::format("{} bytes at most", kLineBytesMax)};
  }
  RepeatedName repeated;
  bool is_too_deep = false;
  auto object = nlohmann::json::parse(
      line.text,
      [&](int depth, nlohmann::json::parse_event_t event,
          nlohmann::json& parsed) {
        repeated.See(event, parsed);
        is_too_deep = is_too_deep || depth > kDepthMax;
        return depth <= kDepthMax;
      },
      /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return RowFault{"NOT_AN_OBJECT", "", line.text, "one JSON object a line"};
  }
  if (is_too_deep) {
    return RowFault{"NOT_AN_OBJECT", "", "an object nested deeper",
                    fmt::format("{} levels at most", kDepthMax)};
  }
  if (repeated.found().has_value()) return Repeated(*repeated.found(), line);
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
    return RowOf(std::get<nlohmann::json>(object), **line);
  }
}

}  // namespace slotlog::supply
