// A worker's figures, for Prometheus:
//
//   slotlog_shard_role{shard,role}         1 for what this worker is of it
//   slotlog_shard_epoch{shard}             of its owner
//   slotlog_shard_events_total{shard}      folded, since the log began
//   slotlog_shard_events_to_replay{shard}  if it were killed now
//   slotlog_shard_next_offset{shard,topic} of the inputs decided up to here
//   slotlog_shard_undecided_records{shard,topic}  of an owner: its line
//   slotlog_shard_lag_records{shard}       of a standby, behind its owner
//
// and of what was decided here since the process began:
//
//   slotlog_confirmations_total{outcome}   answers
//   slotlog_refusals_total{reason}         of them, those that said no
//   slotlog_confirmation_latency_seconds   from asked_at to decided_at
//   slotlog_batch_duration_seconds{shard}  from its inputs to its commit
//
// Where the log does not say where it ends, undecided and lag are left out.
//
// Threads: any. Worker and log outlive it.

#pragma once

#include <prometheus/collectable.h>

#include <memory>

#include "events/log/log.h"
#include "services/shard/worker.h"

namespace slotlog {

std::shared_ptr<prometheus::Collectable> FiguresOf(const Worker& worker,
                                                   const Log& log);

}  // namespace slotlog
