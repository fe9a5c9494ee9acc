// What a rehearsal's progress line says. One thread.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "tools/progress_line.h"
#include "tools/rush/rehearsal.h"

namespace slotlog {

class RehearsalLine {
 public:
  /// `line` must outlive this.
  explicit RehearsalLine(ProgressLine& line) : line_(line) {}

  /// Called as often as there is news.
  void Show(const RehearsalProgress& progress, absl::Time now);

  /// "0:12 sent 1.23M done 1.19M booked 612k ...".
  static std::string Format(const RehearsalProgress& progress,
                            uint64_t bookings_per_second);

 private:
  /// Of the bookings since the line before.
  uint64_t TakePace(const RehearsalProgress& progress, absl::Time now);

  ProgressLine& line_;
  absl::Time shown_at_ = absl::InfinitePast();
  uint64_t bookings_shown_ = 0;
};

}  // namespace slotlog
