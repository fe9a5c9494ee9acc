// The line that shows how a rehearsal goes, while it goes: on a terminal one
// line that is written over, elsewhere a line now and then. At most 79 columns.
// One thread.

#pragma once

#include <absl/time/time.h>

#include <cstdio>
#include <string>

#include "tools/rush/rehearsal.h"

namespace slotlog {

class ProgressLine {
 public:
  /// `stream` must outlive the line.
  ProgressLine(std::FILE* stream, bool is_terminal);

  /// Takes the line off a terminal, so that other text may follow.
  void End();

  /// Called as often as there is news; shows what is due.
  void Show(const RehearsalProgress& progress, absl::Time now);

  /// The line: "0:12 sent 1.23M done 1.19M booked 612k ...".
  static std::string Format(const RehearsalProgress& progress,
                            double bookings_per_second);

 private:
  std::FILE* const stream_;
  const bool is_terminal_;
  bool shown_ = false;
  absl::Time shown_at_ = absl::InfinitePast();
  uint64_t bookings_shown_ = 0;
  double bookings_per_second_ = 0;
};

}  // namespace slotlog
