// What the transactions of a rush were made of, read from the log that it left:
// so that a bare loop can read and write the same records in the same batches.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>

#include "events/log/kafka/bare_loop.h"
#include "events/log/log.h"

namespace slotlog {

struct LogShape {
  kafka::LoopShape loop;
  uint64_t commands = 0;
  /// Commands, operations and messages that were decided.
  uint64_t inputs = 0;
  uint64_t transactions = 0;
};

/// REQUIRES: the log holds commands that were decided, all of them.
absl::StatusOr<LogShape> ShapeOf(Log& log);

}  // namespace slotlog
