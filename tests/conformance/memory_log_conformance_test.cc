// The log in memory.

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

#include "events/log/memory/memory_log.h"
#include "tests/conformance/log_conformance.h"

namespace slotlog {
namespace {

OpenLog NewMemoryLog(int number) {
  return [id = fmt::format("memory-{}", number)] {
    return std::make_unique<MemoryLog>(kConformanceShards, absl::Now, id);
  };
}

INSTANTIATE_TEST_SUITE_P(
    Memory, LogConformance,
    testing::Values(LogKind{
        .new_log = [logs = 0]() mutable { return NewMemoryLog(++logs); },
        .is_durable = false}));

}  // namespace
}  // namespace slotlog
