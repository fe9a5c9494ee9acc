// HTTP in: POST /v1/commands and POST /v1/operations. What is answered with 202
// is durable on the log, and its ticket is its place in line.
//
//   Gateway gateway(log, tickets, {});
//   gateway.AddRoutes(router, {.citizens = admission.For({...}), ...});
//
// Nothing that a client says about time or place is believed: asked_at is the
// log's stamp, the shard follows from the citizen's id, and the line's order is
// the log's.
//
// Threads: handlers run on the server's threads; most answers are given on the
// appender's, and those that were waited for on the timer thread.
//
// Ownership: the log and the tickets, with their read models and timer thread,
// outlive it. It outlives the server, and the feed is stopped before it ends.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "events/log/log.h"
#include "services/gateway/appender.h"
#include "services/gateway/submissions.h"
#include "services/http/exchange.h"
#include "services/http/reply.h"
#include "services/http/router.h"
#include "services/query/tickets.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

struct GatewayOptions {
  size_t command_bytes_max = 16 * 1024;
  /// As the log's records have it.
  size_t operation_bytes_max = 64 * 1024;
  /// Of Prefer: wait.
  absl::Duration wait_max = absl::Seconds(30);
  AppenderLimits appender = {};
};

/// Who may send what; empty: everybody.
struct GatewayGuards {
  http::Guard citizens = {};
  http::Guard operators = {};
};

inline constexpr std::string_view kCommandsPath = "/v1/commands";
inline constexpr std::string_view kOperationsPath = "/v1/operations";

class Gateway {
 public:
  Gateway(Log& log, Tickets& tickets, GatewayOptions options);

  void AddRoutes(http::Router& router, const GatewayGuards& guards);

  AppenderFigures figures() const { return appender_.figures(); }

 private:
  // Commands (gateway.cc).
  void PostCommand(http::Exchange exchange);
  void AnswerCommand(http::Exchange exchange, std::string command_id,
                     const Submissions::Accepted& accepted);
  http::Reply CommandReply(const http::Request& request,
                           absl::StatusOr<TicketView> view,
                           const std::string& command_id,
                           const Submissions::Accepted& accepted) const;

  // Operations (operation_route.cc).
  void PostOperation(http::Exchange exchange);
  void AnswerOperation(http::Exchange exchange, std::string operation_id,
                       Ticket record);
  std::optional<OperationOutcome> FindAnswer(Ticket record) const;
  http::Reply OperationReply(const std::string& operation_id,
                             Ticket record) const;

  const GatewayOptions options_;
  const ShardCount shards_;
  Tickets& tickets_;
  ReadModels& models_;
  /// Set before the first callback of the appender, and ends after the last.
  std::optional<Submissions> submissions_;
  Appender appender_;
};

/// What the answer to something is that could not be appended.
http::Reply NotAppended(const http::Request& request,
                        const absl::Status& status);

}  // namespace slotlog
