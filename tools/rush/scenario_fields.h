// Reads the fields of a scenario one by one and keeps the first mistake, with
// its line: whoever reads asks for all fields in turn and then for Finish. One
// thread.

#pragma once

#include <absl/status/status.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slotlog {

class ScenarioFields {
 public:
  /// `file` is how errors name the text.
  ScenarioFields(std::string_view file, std::string_view text);

  /// In the file?
  bool Has(std::string_view field) const;

  // Each answers the field's value, or something harmless after a mistake. A
  // field that is missing is a mistake, except where a default is given.
  uint64_t Whole(std::string_view field, uint64_t min, uint64_t max);
  uint64_t Whole(std::string_view field, uint64_t min, uint64_t max,
                 uint64_t missing);
  double Decimal(std::string_view field, double min, double max,
                 double missing);
  /// 1 to `bytes_max` bytes.
  std::string Text(std::string_view field, size_t bytes_max);
  std::string Text(std::string_view field, size_t bytes_max,
                   std::string_view missing);
  /// The index of what the field says.
  size_t OneOf(std::string_view field,
               const std::vector<std::string_view>& words);
  /// Names with their parts of a whole: [["Seoul", 184], ["Jeju", 13]]. None
  /// where the field is missing.
  std::vector<std::pair<std::string, uint32_t>> Shares(std::string_view field,
                                                       size_t count_max,
                                                       size_t name_bytes_max,
                                                       uint32_t share_max);
  /// "1962-01-31".
  absl::CivilDay Day(std::string_view field);
  /// "2021-07-12T00:00:00+09:00": what the clock there shows, and how far it is
  /// ahead of UTC.
  std::pair<absl::CivilMinute, absl::Duration> Moment(std::string_view field);

  /// A mistake that only several fields together show.
  void Refuse(std::string_view field, std::string_view must);

  /// The first mistake; a field that nobody has asked for is one.
  absl::Status Finish();

 private:
  /// The field's value; null after a mistake.
  const nlohmann::json* Find(std::string_view field, std::string_view must);
  void RefuseAt(int line, std::string_view field, std::string_view what);
  void RefuseValue(std::string_view field, std::string_view must,
                   const nlohmann::json& found);
  /// Notes the line of every field; refuses one that is given twice.
  void FindLines(std::string_view text);

  const std::string file_;
  nlohmann::json document_;
  std::map<std::string, int, std::less<>> lines_;
  std::set<std::string, std::less<>> known_;
  absl::Status first_mistake_;
};

}  // namespace slotlog
