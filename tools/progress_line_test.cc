#include "tools/progress_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace slotlog {
namespace {

const std::string kLongLine(200, 'x');

/// What six seconds of news, five times a second, write to a stream.
std::string WrittenInSixSeconds(bool is_terminal, const std::string& text) {
  char* bytes = nullptr;
  size_t size = 0;
  std::FILE* stream = open_memstream(&bytes, &size);
  {
    ProgressLine line(stream, is_terminal);
    for (int ms = 0; ms <= 6000; ms += 200) {
      line.Show(absl::FromUnixMillis(ms), [&] { return text; });
    }
  }
  std::fclose(stream);
  std::string written(bytes, size);
  std::free(bytes);
  return written;
}

TEST(ProgressLineTest, ElsewhereAWholeLineComesNowAndThen) {
  EXPECT_EQ(WrittenInSixSeconds(false, kLongLine), kLongLine + "\n");
}

TEST(ProgressLineTest, OnATerminalItIsWrittenOverAndWipedAway) {
  const std::string written = WrittenInSixSeconds(true, "12 %");
  // From the first second on, and once in the end.
  EXPECT_EQ(std::count(written.begin(), written.end(), '\r'), 26 + 1);
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 0);
  EXPECT_TRUE(written.starts_with("\r\x1b[K12 %\r"));
  EXPECT_TRUE(written.ends_with("12 %\r\x1b[K"));
}

TEST(ProgressLineTest, OnATerminalItNeverWraps) {
  const std::string written = WrittenInSixSeconds(true, kLongLine);
  const std::string once = "\r\x1b[K" + std::string(79, 'x') + "\r";
  EXPECT_TRUE(written.starts_with(once));
}

TEST(ProgressLineTest, WhatIsSoonDoneShowsNothing) {
  char* bytes = nullptr;
  size_t size = 0;
  std::FILE* stream = open_memstream(&bytes, &size);
  {
    ProgressLine line(stream, /*is_terminal=*/true);
    for (int ms : {0, 500, 900}) {
      line.Show(absl::FromUnixMillis(ms), [] { return "early"; });
    }
  }
  std::fclose(stream);
  EXPECT_EQ(size, 0u);
  std::free(bytes);
}

}  // namespace
}  // namespace slotlog
