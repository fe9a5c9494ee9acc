// A record's place in a trace, as callers hand it on: the value of W3C Trace
// Context's header `traceparent` (level 1, version 00). It is carried with what
// follows from a command, for those who look, and nothing is decided by it.
//
// Threads: any.

#pragma once

#include <cstddef>
#include <string_view>

namespace slotlog {

inline constexpr size_t kTraceParentBytes = 55;

/// "00-<32 hexadecimal digits>-<16>-<2>", in lower case.
bool IsTraceParent(std::string_view text);

/// Its 32 digits. REQUIRES: IsTraceParent.
std::string_view TraceIdIn(std::string_view traceparent);

}  // namespace slotlog
