#include "tools/rush/fairness_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/texts.h"

namespace slotlog {
namespace {

constexpr uint64_t kBarChars = 20;

double RateOf(const SuccessRate& success) {
  return static_cast<double>(success.booked) /
         static_cast<double>(success.tried);
}

std::string Table(std::string_view title,
                  const std::vector<SuccessRate>& rows) {
  constexpr size_t kKindCharsMin = 17;
  size_t width = std::max(kKindCharsMin, title.size() + 2);
  for (const SuccessRate& row : rows) {
    width = std::max(width, row.kind.size() + 2);
  }
  std::string text;
  for (const SuccessRate& row : rows) {
    if (row.tried == 0) continue;
    if (text.empty()) {
      text = fmt::format("\n  {:<{}}{:>11}{:>12}   rate\n", title, width,
                         "tried", "booked");
    }
    text += fmt::format(
        "  {:<{}}{:>11}{:>12}{:>6.1f} %  {}\n", row.kind, width,
        Grouped(row.tried), Grouped(row.booked), 100 * RateOf(row),
        std::string((row.booked * kBarChars + row.tried / 2) / row.tried, '#'));
  }
  // No space hangs at the end of a row without a bar.
  size_t at = 0;
  while ((at = text.find(" \n", at)) != std::string::npos) {
    text.erase(at, 1);
    if (at > 0) --at;
  }
  return text;
}

nlohmann::ordered_json AsJson(const std::vector<SuccessRate>& rows) {
  using Json = nlohmann::ordered_json;
  Json array = Json::array();
  for (const SuccessRate& row : rows) {
    array.push_back(
        {{"kind", row.kind},
         {"tried", row.tried},
         {"booked", row.booked},
         {"rate", row.tried == 0 ? Json(nullptr) : Json(RateOf(row))}});
  }
  return array;
}

}  // namespace

std::string FairnessTables(const FairnessReport& report) {
  std::string text = Table("by cohort", report.by_cohort) +
                     Table("by day of birth", report.by_birth_day_digit) +
                     Table("by region", report.by_region) +
                     Table("by arrival", report.by_arrival);
  if (text.empty()) return text;
  return "\nWho tried and has an appointment in the end; by cohort of all, "
         "else of the\neligible.\n" +
         text;
}

nlohmann::ordered_json FairnessAsJson(const FairnessReport& report) {
  return {{"cohort", AsJson(report.by_cohort)},
          {"birth_day_digit", AsJson(report.by_birth_day_digit)},
          {"region", AsJson(report.by_region)},
          {"arrival_tenth", AsJson(report.by_arrival)}};
}

}  // namespace slotlog
