#include "tools/input_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace slotlog {
namespace {

std::string Written(std::string_view text) {
  const std::string path = fmt::format("{}/input", std::getenv("TEST_TMPDIR"));
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ReadInputFileTest, ReadsWhatIsThere) {
  EXPECT_EQ(*ReadInputFile(Written("{}\r\n")), "{}\r\n");
  EXPECT_EQ(*ReadInputFile(Written("")), "");
  const std::string largest(kInputFileBytesMax, 'x');
  EXPECT_EQ(*ReadInputFile(Written(largest)), largest);
}

TEST(ReadInputFileTest, SaysWhichFileAndWhyNot) {
  EXPECT_EQ(ReadInputFile("/no/such").status().message(),
            "cannot read /no/such: No such file or directory");
  EXPECT_EQ(ReadInputFile("/tmp").status().message(),
            "cannot read /tmp: Is a directory");
  const std::string path = Written(std::string(kInputFileBytesMax + 1, 'x'));
  EXPECT_EQ(ReadInputFile(path).status().message(),
            fmt::format("{} is larger than 1048576 bytes", path));
  // Without an end.
  EXPECT_EQ(ReadInputFile("/dev/zero").status().message(),
            "/dev/zero is larger than 1048576 bytes");
}

}  // namespace
}  // namespace slotlog
