#include "tools/verify/progress_line.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace slotlog::verify {
namespace {

constexpr absl::Duration kQuietAtFirst = absl::Seconds(2);
constexpr absl::Duration kBetweenLines = absl::Milliseconds(200);
constexpr std::string_view kWipe = "\r\x1b[K";

void Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressLine::ProgressLine(std::string_view what)
    : what_(what),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      next_show_(absl::Now() + kQuietAtFirst) {}

ProgressLine::~ProgressLine() {
  absl::MutexLock lock(&mutex_);
  if (is_shown_) Write(kWipe);
}

void ProgressLine::Show(const VerifyProgress& progress) {
  if (!is_terminal_ || progress.total == 0) return;
  absl::MutexLock lock(&mutex_);
  const absl::Time now = absl::Now();
  if (now < next_show_) return;
  next_show_ = now + kBetweenLines;
  is_shown_ = true;
  Write(fmt::format("{}{}: {} % of the events", kWipe, what_,
                    progress.done * 100 / progress.total));
}

}  // namespace slotlog::verify
