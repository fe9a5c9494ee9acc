// The flags of every command that reads a log, wherever it is: in a directory
// or on Kafka. Exactly one of --data and --kafka.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "events/log/log.h"
#include "tools/kafka_flags.h"

namespace slotlog {

struct LogFlags {
  std::string data;
  KafkaFlags kafka;
};

void AddLogFlags(CLI::App& command, LogFlags& flags);

/// Opens the log and changes nothing in it. INVALID_ARGUMENT: neither was
/// given. What recovery found in a directory is told on standard error.
absl::StatusOr<std::unique_ptr<Log>> OpenToRead(const LogFlags& flags);

}  // namespace slotlog
