// A process that is a worker: the shards that Kafka's group gives it are
// decided here, until it is told to stop.
//
// Threads: one, which runs it from beginning to end.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/log/log.h"
#include "services/shard/worker.h"
#include "tools/kafka_flags.h"
#include "tools/metrics/metrics_server.h"
#include "tools/worker_in_process.h"

namespace slotlog {

struct WorkerFlags {
  KafkaFlags kafka;
  std::string data;
  uint64_t memory_mib = kMemoryMibDefault;
  bool stands_by = false;
  /// Empty: none are taken.
  std::string snapshots;
  std::string snapshot_every =
      absl::FormatDuration(WorkerOptions().snapshot_interval);
  /// Empty: none are served.
  std::string metrics;
};

void AddWorkerFlags(CLI::App& command, WorkerFlags& flags);

/// What the worker stands on instead of its log, which outlives it.
using LogDecorator = std::function<std::unique_ptr<Log>(Log&)>;

struct WorkerSetting {
  /// The subcommand as which it runs, for its errors.
  std::string command;
  LogDecorator decorate = nullptr;
  /// It is a member of the group now; an error ends it. The metrics are null
  /// where none are served.
  std::function<absl::Status(Log&, MetricsServer*)> on_started = nullptr;
  /// It was told to stop, or must: before the shards are handed on.
  std::function<void()> on_stopping = nullptr;
};

/// Blocks until a signal ends it, or an error; the exit code. Errors are told
/// on standard error.
int RunWorker(const WorkerFlags& flags, const WorkerSetting& setting);

}  // namespace slotlog
