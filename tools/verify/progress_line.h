// One line on stderr that says how far a long command is. Shown only on a
// terminal, and only when it takes a while; wiped away in the end.
//
// Threads: Show from any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <string_view>

#include "tools/verify/verify.h"

namespace slotlog::verify {

class ProgressLine {
 public:
  /// `what` is being done: "verifying". A literal.
  explicit ProgressLine(std::string_view what);
  ~ProgressLine();

  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const VerifyProgress& progress);

 private:
  const std::string_view what_;
  const bool is_terminal_;
  absl::Mutex mutex_;
  absl::Time next_show_ ABSL_GUARDED_BY(mutex_);
  bool is_shown_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace slotlog::verify
