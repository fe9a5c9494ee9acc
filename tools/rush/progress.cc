#include "tools/rush/progress.h"

#include <fmt/format.h>

#include <string_view>

#include "tools/texts.h"

namespace slotlog {
namespace {

constexpr size_t kColumnsMax = 79;
constexpr absl::Duration kIntervalOffTerminal = absl::Seconds(5);
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(std::FILE* stream, bool is_terminal)
    : stream_(stream), is_terminal_(is_terminal) {}

void ProgressLine::End() {
  if (!is_terminal_ || !shown_) return;
  std::fwrite(kClearLine.data(), 1, kClearLine.size(), stream_);
  std::fflush(stream_);
}

void ProgressLine::Show(const RehearsalProgress& progress, absl::Time now) {
  if (progress.published == 0) return;
  if (shown_at_ == absl::InfinitePast()) {
    shown_at_ = now;
    bookings_shown_ = progress.bookings;
  }
  if (!is_terminal_ && now - shown_at_ < kIntervalOffTerminal) return;
  if (now > shown_at_) {
    bookings_per_second_ =
        static_cast<double>(progress.bookings - bookings_shown_) /
        absl::ToDoubleSeconds(now - shown_at_);
  }
  const std::string line = Format(progress, bookings_per_second_);
  fmt::print(stream_, "{}{}{}", is_terminal_ ? kClearLine : "", line,
             is_terminal_ ? "" : "\n");
  std::fflush(stream_);
  shown_ = true;
  shown_at_ = now;
  bookings_shown_ = progress.bookings;
}

std::string ProgressLine::Format(const RehearsalProgress& progress,
                                 double bookings_per_second) {
  const auto left =
      progress.seats_left < 0 ? 0 : static_cast<uint64_t>(progress.seats_left);
  const int64_t seconds = absl::ToInt64Seconds(progress.elapsed);
  std::string line = fmt::format(
      "{}:{:02} sent {} done {} booked {} left {} line {} {}/s p99 {}",
      seconds / 60, seconds % 60, Short(progress.published),
      Short(progress.answered), Short(progress.bookings), Short(left),
      Short(progress.waiting),
      Short(static_cast<uint64_t>(bookings_per_second)), InWords(progress.p99));
  if (line.size() > kColumnsMax) line.resize(kColumnsMax);
  return line;
}

}  // namespace slotlog
