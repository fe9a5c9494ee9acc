// How a line of the log looks:
//
//   text  [2021-07-12 20:00:00.000] [info] request trace_id=0af7... status=202
//   json  {"time":"2021-07-12T20:00:00.000Z","level":"info",
//          "message":"request","trace_id":"0af7...","status":202}   (one line)
//
// Text has the local time, JSON has UTC. Bytes that are no UTF-8 are replaced.

#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace slotlog {

enum class LogFormat { kText, kJson };

/// For a spdlog logger whose lines are made by the threads that log: the fields
/// are theirs (log_fields.h).
std::unique_ptr<spdlog::formatter> NewLogFormatter(LogFormat format);

}  // namespace slotlog
