#include <string>
#include <utility>

#include "projections/json_writer.h"
#include "services/http/prefer.h"
#include "services/query/answers.h"
#include "services/query/query_service.h"
#include "services/query/ticket_reply.h"
#include "services/query/ticket_stream.h"
#include "services/query/ticket_wait.h"

// Where a command stands, and what a citizen has.

namespace slotlog {
namespace {

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
    if (auto problem = IdProblem(request, name, request.PathParameter(name))) {
      return exchange.Answer(*std::move(problem));
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

void QueryService::AnswerTicket(http::Exchange exchange,
                                const absl::StatusOr<TicketView>& view) {
  AnswerWhenDecided(
      tickets_, std::move(exchange), view, options_.wait_max,
      [this, command_id = view.ok() ? view->command_id : ""](
          const http::Request& request, absl::StatusOr<TicketView> told) {
        if (told.ok() && told->command_id.empty()) {
          told->command_id = command_id;
        }
        return TicketReply(request, told, models_.feed());
      });
}

void QueryService::GetAppointments(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const std::string_view citizen = request.PathParameter("citizen_id");
  if (auto problem = IdProblem(request, "citizen_id", citizen)) {
    return exchange.Answer(*std::move(problem));
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
