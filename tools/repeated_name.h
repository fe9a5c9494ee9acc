// The first name that an object of JSON gives twice, at any depth: the parser
// keeps one of the values and loses the other silently.
//
//   RepeatedName repeated;
//   nlohmann::json::parse(text, [&](int, auto event, auto& parsed) {
//     repeated.See(event, parsed);
//     return true;
//   });
//
// Threads: one.

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace slotlog {

class RepeatedName {
 public:
  /// To be called with each step of the parser.
  void See(nlohmann::json::parse_event_t event, const nlohmann::json& parsed);

  const std::optional<std::string>& found() const { return found_; }

 private:
  /// The names of each, the innermost last.
  std::vector<std::set<std::string>> open_objects_;
  std::optional<std::string> found_;
};

}  // namespace slotlog
