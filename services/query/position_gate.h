// Never older state for who has seen newer: a request that passes a position
// (Slotlog-Position) reaches its handler once the reader is that far.
//
// Threads: any. Ownership: as Tickets; the gate outlives the handlers that it
// wraps.

#pragma once

#include <absl/time/time.h>

#include <string_view>

#include "events/ids.h"
#include "projections/feed.h"
#include "services/http/router.h"
#include "services/query/timer_thread.h"

namespace slotlog {

struct PositionGateLimits {
  /// How long a request waits for the reader, if it does not say (Prefer).
  absl::Duration wait = absl::Seconds(2);
  absl::Duration wait_max = absl::Seconds(30);
};

class PositionGate {
 public:
  PositionGate(Feed& feed, TimerThread& timers, ShardCount shards,
               PositionGateLimits limits);

  /// Calls `handler` when the reader has passed the request's position: at once
  /// where it has, or where none is given. Too late: 503; malformed: 400.
  http::Handler Behind(http::Handler handler);

 private:
  class Waiting;
  http::Exchange Release(Waiting& waiting);
  void Admit(const http::Handler& handler, http::Exchange exchange);

  Feed& feed_;
  TimerThread& timers_;
  const ShardCount shards_;
  const PositionGateLimits limits_;
};

}  // namespace slotlog
