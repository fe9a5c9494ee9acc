// A request's place in a trace (W3C Trace Context, level 1): taken from the
// header `traceparent`, and then carried on in the headers of records, or made.
//
// Threads: a value.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace slotlog::http {

struct TraceContext {
  /// 16 bytes, not all zero.
  uint64_t trace_high = 0;
  uint64_t trace_low = 0;
  /// Of whoever called; 0: the trace begins here.
  uint64_t parent = 0;
  bool is_sampled = false;

  /// 32 lower-case hexadecimal digits.
  std::string TraceId() const;
  /// The header's value to carry on; empty where the trace begins here, because
  /// nobody follows it.
  std::string TraceParent() const;
};

/// "00-<trace>-<parent>-<flags>"; none if it is no such thing. A later version
/// may have more behind a dash.
std::optional<TraceContext> ParseTraceParent(std::string_view text);

/// A new trace, by a generator of the calling thread's.
TraceContext NewTrace();

}  // namespace slotlog::http
