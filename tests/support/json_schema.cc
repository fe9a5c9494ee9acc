#include "tests/support/json_schema.h"

#include <absl/time/time.h>

#include <algorithm>
#include <regex>
#include <set>

namespace slotlog {
namespace {

using nlohmann::json;

bool IsOfType(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

std::string FindTextFault(const json& schema, const std::string& text) {
  if (schema.contains("pattern") &&
      !std::regex_match(text, std::regex(std::string(schema["pattern"])))) {
    return "does not match " + std::string(schema["pattern"]);
  }
  if (text.size() < schema.value("minLength", size_t{0})) return "is too short";
  if (text.size() > schema.value("maxLength", text.size()))
    return "is too long";
  if (schema.value("format", "") == "date-time") {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
      return "is no time";
    }
  }
  return "";
}

std::string FindObjectFault(const json& document, const json& schema,
                            const json& value, const std::string& at) {
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name)) return at + " lacks " + std::string(name);
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, child] : value.items()) {
    json of_child = json::object();
    if (properties.contains(name)) {
      of_child = properties[name];
    } else if (schema.contains("additionalProperties") &&
               schema["additionalProperties"].is_object()) {
      of_child = schema["additionalProperties"];
    } else if (!properties.empty()) {
      return at + "." + name + " is not documented";
    }
    const auto fault =
        FindSchemaFault(document, of_child, child, at + "." + name);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace

const json& Resolve(const json& document, const json& node) {
  if (!node.contains("$ref")) return node;
  const std::string ref = node["$ref"];
  return document.at(json::json_pointer(ref.substr(1)));
}

std::string FindSchemaFault(const json& document, const json& schema,
                            const json& value, const std::string& at) {
  static const std::set<std::string> kKnown = {
      "$ref",     "type",      "description", "properties",
      "required", "items",     "enum",        "examples",
      "pattern",  "minLength", "maxLength",   "minimum",
      "maximum",  "format",    "oneOf",       "additionalProperties",
      "example"};
  for (const auto& [name, ignored] : schema.items()) {
    if (!kKnown.contains(name)) return at + ": what is " + name + "?";
  }
  if (schema.contains("$ref")) {
    return FindSchemaFault(document, Resolve(document, schema), value, at);
  }
  if (schema.contains("oneOf")) {
    const auto fits = [&](const json& one) {
      return FindSchemaFault(document, one, value, at).empty();
    };
    const auto count =
        std::count_if(schema["oneOf"].begin(), schema["oneOf"].end(), fits);
    if (count != 1) return at + " fits " + std::to_string(count) + " of oneOf";
  }
  if (schema.contains("type") && !IsOfType(schema["type"], value)) {
    return at + " is no " + std::string(schema["type"]);
  }
  if (schema.contains("enum")) {
    const json& values = schema["enum"];
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      return at + " is " + value.dump();
    }
  }
  if (value.is_number()) {
    if (value < schema.value("minimum", value)) return at + " is too small";
    if (value > schema.value("maximum", value)) return at + " is too large";
  }
  if (value.is_string()) {
    const auto fault = FindTextFault(schema, value);
    if (!fault.empty()) return at + " " + fault;
  }
  if (value.is_object()) return FindObjectFault(document, schema, value, at);
  if (value.is_array() && schema.contains("items")) {
    for (size_t i = 0; i < value.size(); ++i) {
      const auto fault = FindSchemaFault(document, schema["items"], value[i],
                                         at + "[" + std::to_string(i) + "]");
      if (!fault.empty()) return fault;
    }
  }
  return "";
}

}  // namespace slotlog
