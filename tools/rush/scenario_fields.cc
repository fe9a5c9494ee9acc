#include "tools/rush/scenario_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/texts.h"

namespace slotlog {
namespace {

using nlohmann::json;

int LineOf(std::string_view text, size_t byte) {
  const size_t end = std::min(byte, text.size());
  return 1 +
         static_cast<int>(std::count(text.begin(), text.begin() + end, '\n'));
}

/// What nlohmann says after its own name, the place and the state of its
/// parser: "unexpected ..." or "invalid ...".
std::string_view ReasonIn(std::string_view what) {
  const size_t dash = what.find(" - ");
  if (dash != std::string_view::npos) return what.substr(dash + 3);
  const size_t colon = what.find(": ");
  return colon == std::string_view::npos ? what : what.substr(colon + 2);
}

}  // namespace

ScenarioFields::ScenarioFields(std::string_view file, std::string_view text)
    : file_(file) {
  // Only nlohmann's exception knows the place; it goes no further than here.
  try {
    document_ = json::parse(text);
  } catch (const json::parse_error& error) {
    RefuseAt(LineOf(text, error.byte == 0 ? 0 : error.byte - 1), "",
             fmt::format("is no JSON: {}", ReasonIn(error.what())));
    return;
  }
  if (!document_.is_object()) {
    RefuseAt(1, "", "must be an object: {\"title\": ..., ...}");
    return;
  }
  FindLines(text);
}

void ScenarioFields::FindLines(std::string_view text) {
  int depth = 0;
  int line = 1;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const size_t start = ++at;
    while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    const size_t next = text.find_first_not_of(" \t\r\n", at + 1);
    if (depth != 1 || next == std::string_view::npos || text[next] != ':') {
      continue;
    }
    const std::string_view field = text.substr(start, at - start);
    const auto [found, is_new] = lines_.emplace(field, line);
    if (!is_new) {
      RefuseAt(line, field,
               fmt::format("is given twice, first in line {}", found->second));
    }
  }
}

bool ScenarioFields::Has(std::string_view field) const {
  return document_.is_object() && document_.contains(field);
}

uint64_t ScenarioFields::Whole(std::string_view field, uint64_t min,
                               uint64_t max) {
  const std::string must = fmt::format("must be a whole number from {} to {}",
                                       Grouped(min), Grouped(max));
  const json* found = Find(field, must);
  if (found == nullptr) return min;
  if (!found->is_number_unsigned() || found->get<uint64_t>() < min ||
      found->get<uint64_t>() > max) {
    RefuseValue(field, must, *found);
    return min;
  }
  return found->get<uint64_t>();
}

uint64_t ScenarioFields::Whole(std::string_view field, uint64_t min,
                               uint64_t max, uint64_t missing) {
  known_.emplace(field);
  return Has(field) ? Whole(field, min, max) : missing;
}

double ScenarioFields::Decimal(std::string_view field, double min, double max,
                               double missing) {
  known_.emplace(field);
  if (!Has(field)) return missing;
  const std::string must =
      fmt::format("must be a number from {} to {}", min, max);
  const json* found = Find(field, must);
  if (found == nullptr) return missing;
  if (!found->is_number() || found->get<double>() < min ||
      found->get<double>() > max) {
    RefuseValue(field, must, *found);
    return missing;
  }
  return found->get<double>();
}

std::string ScenarioFields::Text(std::string_view field, size_t bytes_max) {
  const std::string must =
      fmt::format("must be a text of 1 to {} bytes", bytes_max);
  const json* found = Find(field, must);
  if (found == nullptr) return "";
  if (!found->is_string() || found->get_ref<const std::string&>().empty() ||
      found->get_ref<const std::string&>().size() > bytes_max) {
    RefuseValue(field, must, *found);
    return "";
  }
  return found->get<std::string>();
}

std::string ScenarioFields::Text(std::string_view field, size_t bytes_max,
                                 std::string_view missing) {
  known_.emplace(field);
  return Has(field) ? Text(field, bytes_max) : std::string(missing);
}

size_t ScenarioFields::OneOf(std::string_view field,
                             const std::vector<std::string_view>& words) {
  const std::string must =
      fmt::format("must be \"{}\"", fmt::join(words, "\" or \""));
  const json* found = Find(field, must);
  if (found == nullptr) return 0;
  if (found->is_string()) {
    const auto word = std::find(words.begin(), words.end(),
                                found->get_ref<const std::string&>());
    if (word != words.end()) return word - words.begin();
  }
  RefuseValue(field, must, *found);
  return 0;
}

std::vector<std::pair<std::string, uint32_t>> ScenarioFields::Shares(
    std::string_view field, size_t count_max, size_t name_bytes_max,
    uint32_t share_max) {
  known_.emplace(field);
  if (!Has(field)) return {};
  const std::string must = fmt::format(
      "must be 1 to {} different names of 1 to {} bytes, each with its share, "
      "a whole number from 1 to {}: [[\"Seoul\", 184], [\"Jeju\", 13]]",
      count_max, name_bytes_max, Grouped(share_max));
  const json* found = Find(field, must);
  if (found == nullptr) return {};
  std::vector<std::pair<std::string, uint32_t>> shares;
  std::set<std::string> names;
  bool is_good =
      found->is_array() && !found->empty() && found->size() <= count_max;
  for (size_t i = 0; is_good && i < found->size(); ++i) {
    const json& entry = (*found)[i];
    is_good = entry.is_array() && entry.size() == 2 && entry[0].is_string() &&
              entry[1].is_number_unsigned();
    if (!is_good) break;
    const auto name = entry[0].get<std::string>();
    const auto share = entry[1].get<uint64_t>();
    is_good = !name.empty() && name.size() <= name_bytes_max && share > 0 &&
              share <= share_max && names.insert(name).second;
    shares.emplace_back(name, static_cast<uint32_t>(share));
  }
  if (is_good) return shares;
  RefuseValue(field, must, *found);
  return {};
}

absl::CivilDay ScenarioFields::Day(std::string_view field) {
  constexpr std::string_view kMust =
      "must be a day like \"1962-01-31\", from 1850";
  const json* found = Find(field, kMust);
  absl::CivilDay day;
  if (found == nullptr) return day;
  if (!found->is_string() ||
      !absl::ParseCivilTime(found->get<std::string>(), &day) ||
      day.year() < 1850 || day.year() > 9999) {
    RefuseValue(field, kMust, *found);
  }
  return day;
}

std::pair<absl::CivilMinute, absl::Duration> ScenarioFields::Moment(
    std::string_view field) {
  constexpr std::string_view kMust =
      "must be a moment like \"2021-07-12T00:00:00+09:00\"";
  const json* found = Find(field, kMust);
  if (found == nullptr) return {};
  const std::string text =
      found->is_string() ? found->get<std::string>() : std::string();
  absl::Time time;
  absl::CivilSecond civil;
  constexpr size_t kCivilBytes = sizeof("2021-07-12T00:00:00") - 1;
  if (!absl::ParseTime(absl::RFC3339_sec, text, &time, nullptr) ||
      !absl::ParseCivilTime(text.substr(0, kCivilBytes), &civil)) {
    RefuseValue(field, kMust, *found);
    return {};
  }
  return {absl::CivilMinute(civil),
          absl::FromCivil(civil, absl::UTCTimeZone()) - time};
}

const json* ScenarioFields::Find(std::string_view field,
                                 std::string_view must) {
  known_.emplace(field);
  if (!document_.is_object()) return nullptr;
  const auto found = document_.find(field);
  if (found == document_.end()) {
    RefuseAt(1, field, fmt::format("is missing: {}", must));
    return nullptr;
  }
  if (!found->is_object()) return &*found;
  const auto value = found->find("value");
  const auto source = found->find("source");
  if (found->size() != 2 || value == found->end() || source == found->end() ||
      !source->is_string()) {
    RefuseValue(field,
                "must be a value, or {\"value\": ..., \"source\": \"...\"}",
                *found);
    return nullptr;
  }
  return &*value;
}

void ScenarioFields::Refuse(std::string_view field, std::string_view must) {
  const auto line = lines_.find(field);
  RefuseAt(line == lines_.end() ? 1 : line->second, field, must);
}

void ScenarioFields::RefuseValue(std::string_view field, std::string_view must,
                                 const json& found) {
  Refuse(field, fmt::format("{}, found {}", must, found.dump()));
}

void ScenarioFields::RefuseAt(int line, std::string_view field,
                              std::string_view what) {
  if (!first_mistake_.ok()) return;
  const std::string message = fmt::format("{}:{}: {}{}{}", file_, line, field,
                                          field.empty() ? "" : ": ", what);
  first_mistake_ = absl::InvalidArgumentError(message);
}

absl::Status ScenarioFields::Finish() {
  if (!first_mistake_.ok()) return first_mistake_;
  for (const auto& [field, line] : lines_) {
    if (known_.contains(field)) continue;
    RefuseAt(line, field,
             fmt::format("is no field of a scenario; these are: {}",
                         fmt::join(known_, ", ")));
  }
  return first_mistake_;
}

}  // namespace slotlog
