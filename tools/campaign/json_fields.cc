#include "tools/campaign/json_fields.h"

#include <absl/strings/str_join.h>
#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <limits>
#include <optional>

namespace slotlog {
namespace {

std::optional<uint32_t> NumberIn(const nlohmann::json& value) {
  if (!value.is_number_unsigned() ||
      value.get<uint64_t>() > std::numeric_limits<uint32_t>::max()) {
    return std::nullopt;
  }
  return value.get<uint32_t>();
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string path,
                       absl::Status& status)
    : object_(object), path_(std::move(path)), status_(status) {
  if (!object_.is_object()) Wrong("", "must be an object");
}

const nlohmann::json* JsonFields::Find(std::string_view name) {
  asked_.emplace(name);
  if (!status_.ok()) return nullptr;
  const auto found = object_.find(std::string(name));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::Has(std::string_view name) { return Find(name) != nullptr; }

std::string JsonFields::Text(std::string_view name) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return "";
  if (value->is_string()) return value->get<std::string>();
  Wrong(name, "must be a text in quotes");
  return "";
}

uint32_t JsonFields::Number(std::string_view name) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return 0;
  if (const auto number = NumberIn(*value)) return *number;
  Wrong(name, "must be a whole number from 0");
  return 0;
}

bool JsonFields::Flag(std::string_view name) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  Wrong(name, "must be true or false");
  return false;
}

std::vector<std::string> JsonFields::Texts(std::string_view name) {
  std::vector<std::string> texts;
  const nlohmann::json* list = Find(name);
  if (list == nullptr) return texts;
  if (!list->is_array()) Wrong(name, "must be a list of texts in quotes");
  for (const nlohmann::json& value : *list) {
    if (!value.is_string()) {
      Wrong(name, "must be a list of texts in quotes");
      return {};
    }
    texts.push_back(value.get<std::string>());
  }
  return texts;
}

std::vector<uint32_t> JsonFields::Numbers(std::string_view name) {
  std::vector<uint32_t> numbers;
  const nlohmann::json* list = Find(name);
  if (list == nullptr) return numbers;
  if (!list->is_array()) Wrong(name, "must be a list of whole numbers from 0");
  for (const nlohmann::json& value : *list) {
    const auto number = NumberIn(value);
    if (!number.has_value()) {
      Wrong(name, "must be a list of whole numbers from 0");
      return {};
    }
    numbers.push_back(*number);
  }
  return numbers;
}

uint32_t JsonFields::Date(std::string_view name) {
  const std::string text = Text(name);
  if (text.empty()) return 0;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day) || day.year() < 1 ||
      day.year() > 9999) {
    Wrong(name, fmt::format("\"{}\" is no day; one is 2021-07-19", text));
    return 0;
  }
  return static_cast<uint32_t>(day.year() * 10'000 + day.month() * 100 +
                               day.day());
}

void JsonFields::Wrong(std::string_view name, std::string_view why) {
  if (!status_.ok()) return;
  std::string path = path_ + std::string(name);
  if (path.empty()) path = "the file";
  if (path.back() == '.') path.pop_back();
  status_ = absl::InvalidArgumentError(fmt::format("{}: {}", path, why));
}

void JsonFields::ExpectNoOthers() {
  if (!status_.ok() || !object_.is_object()) return;
  for (const auto& [name, value] : object_.items()) {
    if (asked_.contains(name)) continue;
    return Wrong(name, fmt::format("is not known here; what is: {}",
                                   absl::StrJoin(asked_, ", ")));
  }
}

std::string JsonFields::PathOf(std::string_view name, size_t index) const {
  return fmt::format("{}{}[{}].", path_, name, index);
}

}  // namespace slotlog
