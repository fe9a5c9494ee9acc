// A log that refuses commands on demand, as with a full disk. Of each append
// that it refuses every third record stands in the log all the same, as log.h
// allows.
// For tests; thread-safe.

#pragma once

#include <absl/status/status.h>

#include <atomic>
#include <vector>

#include "events/log/log.h"
#include "events/log/passing_log.h"

namespace slotlog {

class RefusingLog : public PassingLog {
 public:
  using PassingLog::PassingLog;

  /// So many appends of commands are refused from now on.
  void Refuse(int appends, absl::StatusCode code) {
    code_ = code;
    refusals_left_ = appends;
  }

  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override {
    if (records.front().to.topic != Topic::kCommands || refusals_left_ <= 0) {
      return PassingLog::Append(records);
    }
    --refusals_left_;
    for (size_t index = 0; index < records.size(); index += 3) {
      auto written = PassingLog::Append(records.subspan(index, 1));
      if (!written.ok()) return written;
    }
    return absl::Status(code_, "refused for the test");
  }

 private:
  std::atomic<absl::StatusCode> code_ = absl::StatusCode::kUnavailable;
  std::atomic<int> refusals_left_ = 0;
};

}  // namespace slotlog
