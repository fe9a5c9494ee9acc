#include "events/trace_parent.h"

#include <algorithm>

namespace slotlog {
namespace {

constexpr std::string_view kShape =
    "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
static_assert(kShape.size() == kTraceParentBytes);

bool Fits(char shape, char c) {
  if (shape != 'x') return c == shape;
  return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f');
}

}  // namespace

bool IsTraceParent(std::string_view text) {
  return std::equal(kShape.begin(), kShape.end(), text.begin(), text.end(),
                    Fits);
}

std::string_view TraceIdIn(std::string_view traceparent) {
  return traceparent.substr(3, 32);
}

}  // namespace slotlog
