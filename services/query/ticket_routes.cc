#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "services/http/prefer.h"
#include "services/query/answers.h"
#include "services/query/json_writer.h"
#include "services/query/query_service.h"
#include "services/query/ticket_reply.h"
#include "services/query/ticket_stream.h"

// Where a command stands, and what a citizen has.

namespace slotlog {
namespace {

bool IsUndecided(const absl::StatusOr<TicketView>& view) {
  return view.ok() && (view->state == TicketState::kWaiting ||
                       view->state == TicketState::kBeingDecided);
}

/// A request that waits; changed on the timer thread only.
struct Poll {
  explicit Poll(http::Exchange exchange) : exchange(std::move(exchange)) {}
  http::Exchange exchange;
  bool is_over = false;
};

void WriteAppointment(const Appointment& appointment, JsonWriter& json) {
  json.Begin('{')
      .Field("campaign_id", appointment.campaign_id)
      .Field("status", NameOf(appointment.status))
      .FieldUnlessEmpty("site_id", appointment.site_id)
      .FieldUnlessEmpty("slot_id", appointment.slot_id);
  if (appointment.seat.value != 0) json.Field("seat", appointment.seat.value);
  if (appointment.start.has_value()) json.Field("start", *appointment.start);
  if (appointment.end.has_value()) json.Field("end", *appointment.end);
  if (appointment.deadline.has_value()) {
    json.Field("deadline", *appointment.deadline);
  }
  json.FieldUnlessEmpty("region", appointment.region).End('}');
}

}  // namespace

void QueryService::GetTicket(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const auto ticket = ParseTicket(request.PathParameter("ticket"));
  if (!ticket.has_value()) {
    return exchange.Answer(BadParameter(
        request, "ticket", "a ticket is <shard>-<offset>, as in 3-18211"));
  }
  if (ticket->shard.value >= options_.shards.value) {
    TicketView nobodys;
    nobodys.ticket = *ticket;
    return exchange.Answer(TicketReply(request, nobodys, models_.feed()));
  }
  const bool is_streamed = http::AsksFor(request, http::kEventStream) &&
                           request.method() == http::Method::kGet;
  if (is_streamed) return StreamTicket(tickets_, *ticket, std::move(exchange));
  AnswerTicket(std::move(exchange), tickets_.Look(*ticket));
}

void QueryService::GetCommand(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  for (std::string_view name : {"citizen_id", "command_id"}) {
    if (!IsName(request.PathParameter(name), kIdBytesMax)) {
      return exchange.Answer(
          BadParameter(request, name, "an id is 1 to 128 bytes of UTF-8"));
    }
  }
  const CitizenId citizen{request.PathParameter("citizen_id")};
  const CommandId command{request.PathParameter("command_id")};
  const auto view = tickets_.Find(citizen, command);
  if (view.ok() && view->state == TicketState::kUnknown) {
    return exchange.Answer(http::ProblemReply(
        request, {.status = 404,
                  .name = "command-unknown",
                  .title = "Nothing is known of this command",
                  .detail = "it was never sent, or answered long ago"}));
  }
  AnswerTicket(std::move(exchange), view);
}

/// At once; or, with Prefer: wait, when it is decided.
void QueryService::AnswerTicket(http::Exchange exchange,
                                const absl::StatusOr<TicketView>& view) {
  const auto wait = http::PreferredWait(exchange.request(), options_.wait_max);
  if (!wait.has_value() || !IsUndecided(view)) {
    return exchange.Answer(
        TicketReply(exchange.request(), view, models_.feed()));
  }
  const auto poll = std::make_shared<Poll>(std::move(exchange));
  const auto waiting = tickets_.Await(
      view->ticket, *wait,
      [this, poll, command_id = view->command_id,
       wait = *wait](absl::StatusOr<TicketView> told) {
        if (told.ok() && told->command_id.empty()) {
          told->command_id = command_id;
        }
        poll->is_over = true;
        http::Reply reply =
            TicketReply(poll->exchange.request(), told, models_.feed());
        reply.Add("Preference-Applied",
                  fmt::format("wait={}", absl::ToInt64Seconds(wait)));
        poll->exchange.Answer(std::move(reply));
      });
  // Who goes is not waited for.
  tickets_.timers().Post([this, poll, waiting] {
    if (poll->is_over) return;
    poll->exchange.OnGone([this, waiting] { tickets_.Cancel(waiting); });
  });
}

void QueryService::GetAppointments(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const std::string_view citizen = request.PathParameter("citizen_id");
  if (!IsName(citizen, kIdBytesMax)) {
    return exchange.Answer(BadParameter(request, "citizen_id",
                                        "an id is 1 to 128 bytes of UTF-8"));
  }
  // Before the look: what the answer knows is at least this.
  const std::string position = FormatPosition(models_.feed().Position());
  const auto appointments = models_.appointments().Get();
  if (appointments == nullptr) return exchange.Answer(NotReady(request));
  const auto found = appointments->OfCitizen(CitizenId{citizen});
  if (!found.ok()) {
    return exchange.Answer(
        http::ProblemReply(request, http::ProblemOf(found.status())));
  }
  JsonWriter json;
  json.Begin('{').Field("citizen_id", citizen).Key("appointments").Begin('[');
  for (const Appointment& appointment : *found) {
    WriteAppointment(appointment, json);
  }
  json.End(']').Field("position", position).End('}');
  http::Reply reply(200, http::kJson, std::move(json).Text());
  reply.Add("Cache-Control", "no-store").Add(kPositionHeader, position);
  exchange.Answer(std::move(reply));
}

}  // namespace slotlog
