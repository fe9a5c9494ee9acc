#include "tools/rush/rehearsal_line.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace slotlog {
namespace {

RehearsalProgress SomeProgress() {
  RehearsalProgress progress;
  progress.elapsed = absl::Seconds(12);
  progress.published = 1'234'567;
  progress.answered = 1'190'000;
  progress.bookings = 612'345;
  progress.seats_left = 1'240'000;
  progress.waiting = 44'567;
  progress.p99 = absl::Milliseconds(420);
  return progress;
}

TEST(RehearsalLineTest, SaysHowFarItIs) {
  EXPECT_EQ(RehearsalLine::Format(SomeProgress(), 52'000),
            "0:12 sent 1.23M done 1.19M booked 612k left 1.24M line 44567 "
            "52000/s p99 420 ms");
}

TEST(RehearsalLineTest, SaysThatTheDiskIsFull) {
  RehearsalProgress progress = SomeProgress();
  progress.awaits_room = true;
  EXPECT_EQ(RehearsalLine::Format(progress, 0),
            "0:12 disk full: waiting for room; sent 1.23M done 1.19M line "
            "44567");
}

TEST(RehearsalLineTest, ThePaceIsThatOfThisStartSinceTheLineBefore) {
  char* bytes = nullptr;
  size_t size = 0;
  std::FILE* stream = open_memstream(&bytes, &size);
  {
    ProgressLine progress_line(stream, /*is_terminal=*/false);
    RehearsalLine line(progress_line);
    RehearsalProgress progress = SomeProgress();
    for (int seconds = 0; seconds <= 10; ++seconds) {
      line.Show(progress, absl::FromUnixSeconds(seconds));
      progress.bookings += seconds < 5 ? 1'000 : 3'000;
    }
  }
  std::fclose(stream);
  const std::string written(bytes, size);
  std::free(bytes);
  EXPECT_NE(written.find(" 1000/s"), std::string::npos) << written;
  EXPECT_NE(written.find(" 3000/s"), std::string::npos) << written;
}

}  // namespace
}  // namespace slotlog
