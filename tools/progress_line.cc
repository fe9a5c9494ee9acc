#include "tools/progress_line.h"

namespace slotlog {
namespace {

constexpr size_t kColumnsMax = 79;
constexpr absl::Duration kQuietOnTerminal = absl::Seconds(1);
constexpr absl::Duration kIntervalOnTerminal = absl::Milliseconds(200);
constexpr absl::Duration kIntervalElsewhere = absl::Seconds(5);
constexpr std::string_view kWipe = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(std::FILE* stream, bool is_terminal)
    : stream_(stream), is_terminal_(is_terminal) {}

void ProgressLine::Show(absl::Time now, absl::FunctionRef<std::string()> line) {
  absl::MutexLock lock(&mutex_);
  if (due_ == absl::InfinitePast()) {
    due_ = now + (is_terminal_ ? kQuietOnTerminal : kIntervalElsewhere);
  }
  if (now < due_) return;
  due_ = now + (is_terminal_ ? kIntervalOnTerminal : kIntervalElsewhere);
  std::string text = line();
  if (is_terminal_) {
    // What wraps could not be written over.
    if (text.size() > kColumnsMax) text.resize(kColumnsMax);
    Write(kWipe);
  } else {
    text += '\n';
  }
  Write(text);
  is_shown_ = true;
}

void ProgressLine::End() {
  absl::MutexLock lock(&mutex_);
  if (is_terminal_ && is_shown_) Write(kWipe);
  is_shown_ = false;
}

void ProgressLine::Write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

}  // namespace slotlog
