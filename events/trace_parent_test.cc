#include "events/trace_parent.h"

#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

constexpr std::string_view kExample =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceParentTest, HasItsShapeOrIsNone) {
  EXPECT_TRUE(IsTraceParent(kExample));
  EXPECT_EQ(TraceIdIn(kExample), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_FALSE(IsTraceParent(""));
  EXPECT_FALSE(IsTraceParent(kExample.substr(1)));
  EXPECT_FALSE(IsTraceParent(std::string(kExample) + "0"));
  for (size_t place = 0; place < kExample.size(); ++place) {
    std::string other(kExample);
    for (char wrong : {'G', '\xff', '\0', 'A'}) {
      other[place] = wrong;
      EXPECT_FALSE(IsTraceParent(other)) << place;
    }
  }
}

}  // namespace
}  // namespace slotlog
