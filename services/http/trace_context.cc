#include "services/http/trace_context.h"

#include <fmt/format.h>

#include <random>

#include "events/trace_parent.h"

namespace slotlog::http {
namespace {

/// Lower-case hexadecimal digits only, as the standard has it.
std::optional<uint64_t> HexNumber(std::string_view digits) {
  uint64_t number = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      number = number << 4 | static_cast<uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      number = number << 4 | static_cast<uint64_t>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return number;
}

}  // namespace

std::string TraceContext::TraceId() const {
  return fmt::format("{:016x}{:016x}", trace_high, trace_low);
}

std::string TraceContext::TraceParent() const {
  if (parent == 0) return "";
  return fmt::format("00-{:016x}{:016x}-{:016x}-{:02x}", trace_high, trace_low,
                     parent, is_sampled ? 1 : 0);
}

std::optional<TraceContext> ParseTraceParent(std::string_view text) {
  if (text.size() < kTraceParentBytes) return std::nullopt;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = HexNumber(text.substr(0, 2));
  const auto high = HexNumber(text.substr(3, 16));
  const auto low = HexNumber(text.substr(19, 16));
  const auto parent = HexNumber(text.substr(36, 16));
  const auto flags = HexNumber(text.substr(53, 2));
  if (!version || !high || !low || !parent || !flags) return std::nullopt;
  if (*version == 0xff) return std::nullopt;
  const bool has_more = text.size() > kTraceParentBytes;
  if (has_more && (*version == 0 || text[kTraceParentBytes] != '-')) {
    return std::nullopt;
  }
  if ((*high == 0 && *low == 0) || *parent == 0) return std::nullopt;
  return TraceContext{.trace_high = *high,
                      .trace_low = *low,
                      .parent = *parent,
                      .is_sampled = (*flags & 1) != 0};
}

TraceContext NewTrace() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return {.trace_high = generator(), .trace_low = generator() | 1};
}

}  // namespace slotlog::http
