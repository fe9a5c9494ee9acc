// A log whose disk is full for commands, on demand. Of each append that it
// refuses, every third record stands in the log all the same, as log.h allows.
// For tests; thread-safe.

#pragma once

#include <atomic>
#include <vector>

#include "events/log/log.h"
#include "events/log/passing_log.h"

namespace slotlog {

class FullDiskLog : public PassingLog {
 public:
  using PassingLog::PassingLog;

  /// So many appends of commands are refused from now on.
  void Refuse(int appends) { refusals_left_ = appends; }

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
    return absl::ResourceExhaustedError("the disk is full");
  }

 private:
  std::atomic<int> refusals_left_ = 0;
};

}  // namespace slotlog
