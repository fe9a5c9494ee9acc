// The line on stderr that says how far a long command is. On a terminal it is
// one line that is written over, cut to the terminal's usual width, and wiped
// away in the end; elsewhere, in a file or a pipe, a whole line comes now and
// then. A command that is soon done shows none.
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/functional/function_ref.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace slotlog {

class ProgressLine {
 public:
  /// `stream` must outlive the line.
  ProgressLine(std::FILE* stream, bool is_terminal);
  ~ProgressLine() { End(); }

  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Called as often as there is news; asks for the line only when it is due.
  void Show(absl::Time now, absl::FunctionRef<std::string()> line);

  /// Takes the line off a terminal, so that other text may follow.
  void End();

 private:
  void Write(std::string_view text);

  std::FILE* const stream_;
  const bool is_terminal_;
  absl::Mutex mutex_;
  absl::Time due_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool is_shown_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace slotlog
