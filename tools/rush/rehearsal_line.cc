#include "tools/rush/rehearsal_line.h"

#include <fmt/format.h>

#include "tools/texts.h"

namespace slotlog {

void RehearsalLine::Show(const RehearsalProgress& progress, absl::Time now) {
  if (progress.published == 0 && !progress.awaits_room) return;
  // What an earlier start booked is no pace of this one.
  if (shown_at_ == absl::InfinitePast()) TakePace(progress, now);
  line_.Show(now, [&] { return Format(progress, TakePace(progress, now)); });
}

uint64_t RehearsalLine::TakePace(const RehearsalProgress& progress,
                                 absl::Time now) {
  const uint64_t bookings = progress.bookings - bookings_shown_;
  const double seconds = absl::ToDoubleSeconds(now - shown_at_);
  bookings_shown_ = progress.bookings;
  shown_at_ = now;
  return seconds > 0 ? static_cast<uint64_t>(bookings / seconds) : 0;
}

std::string RehearsalLine::Format(const RehearsalProgress& progress,
                                  uint64_t bookings_per_second) {
  const auto left =
      progress.seats_left < 0 ? 0 : static_cast<uint64_t>(progress.seats_left);
  const int64_t seconds = absl::ToInt64Seconds(progress.elapsed);
  if (progress.awaits_room) {
    return fmt::format(
        "{}:{:02} disk full: waiting for room; sent {} done {} line {}",
        seconds / 60, seconds % 60, Short(progress.published),
        Short(progress.answered), Short(progress.waiting));
  }
  return fmt::format(
      "{}:{:02} sent {} done {} booked {} left {} line {} {}/s p99 {}",
      seconds / 60, seconds % 60, Short(progress.published),
      Short(progress.answered), Short(progress.bookings), Short(left),
      Short(progress.waiting), Short(bookings_per_second),
      InWords(progress.p99));
}

}  // namespace slotlog
