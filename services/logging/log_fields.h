// What a line of the log says besides its text, so that machines can look for
// it: a trace's id, a status, a shard. No citizen's id or birth date goes in.
//
// Threads: fields are of the thread that made them.

#pragma once

#include <nlohmann/json.hpp>

namespace slotlog {

/// Each line that this thread logs has these fields for as long as this lives.
/// One within another's life takes its place.
class LogFields {
 public:
  /// An object of numbers and strings, in the order in which they are shown.
  explicit LogFields(nlohmann::ordered_json fields);
  ~LogFields();
  LogFields(const LogFields&) = delete;
  LogFields& operator=(const LogFields&) = delete;

  /// Of the calling thread; an empty object: none.
  static const nlohmann::ordered_json& Current();

 private:
  const nlohmann::ordered_json fields_;
  const LogFields* const outer_;
};

}  // namespace slotlog
