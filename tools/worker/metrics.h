// What Prometheus reads of a worker, over HTTP at /metrics:
//
//   slotlog_shard_role{shard,role}         1 for what this worker is of it
//   slotlog_shard_epoch{shard}             of its owner
//   slotlog_shard_events_total{shard}      folded, since the log began
//   slotlog_shard_events_to_replay{shard}  if it were killed now
//   slotlog_shard_next_offset{shard,topic} of the inputs decided up to here
//   slotlog_shard_undecided_records{shard,topic}  of an owner: its line
//   slotlog_shard_lag_records{shard}       of a standby, behind its owner
//
// Where the log does not say where it ends, the last two are left out.
//
// Threads: it answers on threads of its own.

#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "events/log/log.h"
#include "services/shard/worker.h"

namespace slotlog {

class WorkerMetrics {
 public:
  /// At "HOST:PORT", until it is destroyed. Worker and log outlive it.
  /// UNAVAILABLE: it cannot listen there.
  static absl::StatusOr<std::unique_ptr<WorkerMetrics>> Serve(
      const std::string& address, const Worker& worker, const Log& log);
  ~WorkerMetrics();

 private:
  struct Parts;
  explicit WorkerMetrics(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog
