// What is read over HTTP: the paths of openapi.json but the gateway's, as
// routes of a router.
//
//   QueryService query(models, timers, {.clock = clock, .shards = shards});
//   query.AddRoutes(router, guards);
//
// Threads: handlers run on the server's threads and look things up there; what
// waits goes on the timer thread.
//
// Ownership: read models and timer thread outlive it, and it outlives the
// server; the feed is stopped before it ends.

#pragma once

#include <absl/time/time.h>

#include <functional>

#include "events/ids.h"
#include "projections/read_models.h"
#include "services/http/router.h"
#include "services/query/position_gate.h"
#include "services/query/tickets.h"
#include "services/query/timer_thread.h"

namespace slotlog {

/// Who may ask for what; empty: everybody.
struct QueryGuards {
  /// What is a citizen's: tickets, commands, appointments.
  http::Guard citizens = {};
  /// Demand.
  http::Guard analysts = {};
  /// Sites, availability, the line, this document.
  http::Guard everybody = {};
};

struct QueryOptions {
  std::function<absl::Time()> clock;
  ShardCount shards;
  /// Of Prefer: wait.
  absl::Duration wait_max = absl::Seconds(30);
  PositionGateLimits position = {};
  /// Of GET /v1/demand.
  size_t demand_rows_max = 2'000;
};

class QueryService {
 public:
  QueryService(ReadModels& models, TimerThread& timers, QueryOptions options);

  void AddRoutes(http::Router& router, const QueryGuards& guards);
  /// Of them those that whatever speaks HTTP has: health and the document.
  void AddCommonRoutes(http::Router& router, const http::Guard& everybody);

  /// For the gateway, which answers with them too.
  Tickets& tickets() { return tickets_; }

 private:
  // Where a command stands (ticket_routes.cc).
  void GetTicket(http::Exchange exchange);
  void GetCommand(http::Exchange exchange);
  void GetAppointments(http::Exchange exchange);
  void AnswerTicket(http::Exchange exchange,
                    const absl::StatusOr<TicketView>& view);
  // What there is (supply_routes.cc).
  void GetSites(http::Exchange exchange);
  void GetSlots(http::Exchange exchange);
  void GetAvailability(http::Exchange exchange);
  // How it goes (watch_routes.cc).
  void GetLine(http::Exchange exchange);
  void GetDemand(http::Exchange exchange);
  void GetReady(http::Exchange exchange);

  ReadModels& models_;
  const QueryOptions options_;
  Tickets tickets_;
  PositionGate gate_;
};

}  // namespace slotlog
