#include "services/gateway/gateway.h"

#include <string>
#include <utility>

#include "projections/json_writer.h"
#include "services/gateway/message_request.h"
#include "services/http/problem.h"
#include "services/query/ticket_reply.h"
#include "services/query/ticket_wait.h"

namespace slotlog {
namespace {

constexpr int kBusyRetrySeconds = 1;
constexpr int kBrokenRetrySeconds = 5;

/// Durable, and no more is known at the moment.
http::Reply BareTicket(Ticket ticket, const std::string& command_id) {
  JsonWriter json;
  json.Begin('{')
      .Field("ticket", FormatTicket(ticket))
      .Field("command_id", command_id)
      .Field("state", "waiting")
      .Field("poll_after_seconds", kPollSecondsMin)
      .End('}');
  http::Reply reply(202, http::kJson, std::move(json).Text());
  reply.Add("Cache-Control", "no-store")
      .Add("Retry-After", std::to_string(kPollSecondsMin));
  return reply;
}

}  // namespace

http::Reply NotAppended(const http::Request& request,
                        const absl::Status& status) {
  if (absl::IsAlreadyExists(status)) {
    return http::ProblemReply(
        request, {.status = 422,
                  .name = "idempotency-key-reused",
                  .title = "The id was used for another command",
                  .detail = "take a new id for a new wish; send the same "
                            "content to repeat a request",
                  .field = "command_id"});
  }
  if (absl::IsUnavailable(status)) {
    return http::ProblemReply(request,
                              {.status = 503,
                               .name = "busy",
                               .title = "Too much to do at the moment",
                               .detail = std::string(status.message()),
                               .retry_after_seconds = kBusyRetrySeconds});
  }
  return http::ProblemReply(
      request, {.status = 503,
                .name = "log-unavailable",
                .title = "The log cannot take more at the moment",
                .detail = absl::IsResourceExhausted(status)
                              ? "its disk is full; send the same again later"
                              : "send the same again, with the same id",
                .retry_after_seconds = kBrokenRetrySeconds});
}

Gateway::Gateway(Log& log, Tickets& tickets, GatewayOptions options)
    : options_(std::move(options)),
      shards_(log.Shards()),
      tickets_(tickets),
      models_(tickets.models()),
      appender_(log, options_.appender) {
  submissions_.emplace(appender_, models_, shards_);
}

void Gateway::AddRoutes(http::Router& router, const GatewayGuards& guards) {
  router.Add(
      http::Method::kPost, std::string(kCommandsPath),
      [this](http::Exchange exchange) { PostCommand(std::move(exchange)); },
      {.guard = guards.citizens, .body_bytes_max = options_.command_bytes_max});
  router.Add(
      http::Method::kPost, std::string(kOperationsPath),
      [this](http::Exchange exchange) { PostOperation(std::move(exchange)); },
      {.guard = guards.operators,
       .body_bytes_max = options_.operation_bytes_max});
}

void Gateway::PostCommand(http::Exchange exchange) {
  v1::Command command;
  if (const auto problem = ReadCommand(exchange.request(), command)) {
    return exchange.Answer(ProblemReply(exchange.request(), *problem));
  }
  // Before the exchange moves on.
  std::string traceparent = exchange.request().trace().TraceParent();
  submissions_->Submit(
      command, std::move(traceparent),
      [this, exchange = std::move(exchange), command_id = command.command_id()](
          absl::StatusOr<Submissions::Accepted> accepted) mutable {
        if (!accepted.ok()) {
          return exchange.Answer(
              NotAppended(exchange.request(), accepted.status()));
        }
        AnswerCommand(std::move(exchange), std::move(command_id), *accepted);
      });
}

void Gateway::AnswerCommand(http::Exchange exchange, std::string command_id,
                            const Submissions::Accepted& accepted) {
  AnswerWhenDecided(
      tickets_, std::move(exchange), tickets_.Look(accepted.ticket),
      options_.wait_max,
      [this, command_id = std::move(command_id), accepted](
          const http::Request& request, absl::StatusOr<TicketView> view) {
        return CommandReply(request, std::move(view), command_id, accepted);
      });
}

http::Reply Gateway::CommandReply(const http::Request& request,
                                  absl::StatusOr<TicketView> view,
                                  const std::string& command_id,
                                  const Submissions::Accepted& accepted) const {
  const std::string address = "/v1/tickets/" + FormatTicket(accepted.ticket);
  const bool is_decided = view.ok() && view->state == TicketState::kDecided;
  const bool is_forgotten = view.ok() && view->state == TicketState::kForgotten;
  if (view.ok()) view->command_id = command_id;
  http::Reply reply =
      is_decided || is_forgotten || IsUndecided(view)
          ? TicketReply(request, view, models_.feed(), is_decided ? 200 : 202)
          : BareTicket(accepted.ticket, command_id);
  reply.Add(is_decided ? "Content-Location" : "Location", address);
  if (accepted.is_repeated) reply.Add("Idempotency-Replayed", "true");
  return reply;
}

}  // namespace slotlog
