// The read models' figures, for Prometheus:
//
//   slotlog_projection_delay_seconds{shard}  from decided to folded
//   slotlog_projection_ready                 1: everything can be read
//   slotlog_line_undecided_commands{shard}   who waits
//   slotlog_seats_left, slotlog_seats_capacity  of all sites
//
// Threads: any. The read models outlive it.

#pragma once

#include <prometheus/collectable.h>

#include <memory>

#include "projections/read_models.h"

namespace slotlog {

std::shared_ptr<prometheus::Collectable> FiguresOf(ReadModels& models);

}  // namespace slotlog
