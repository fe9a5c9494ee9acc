#include "services/query/ticket_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "events/codec.h"
#include "projections/json_writer.h"
#include "services/http/problem.h"

namespace slotlog {
namespace {

/// While nobody can tell how long it takes: by the people ahead.
struct PollStep {
  int64_t people_ahead;
  int seconds;
};
constexpr PollStep kPollSteps[] = {
    {100, 1}, {1'000, 2}, {10'000, 5}, {100'000, 15}};

/// FHIR R5's AppointmentStatus after this outcome; empty: it says nothing of
/// one.
std::string_view StatusAfter(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_BOOKED:
    case v1::OUTCOME_RESCHEDULED:
      return "booked";
    case v1::OUTCOME_HELD:
      return "pending";
    case v1::OUTCOME_WAITING:
      return "waitlist";
    case v1::OUTCOME_CANCELLED:
    case v1::OUTCOME_LEFT_WAITLIST:
      return "cancelled";
    case v1::OUTCOME_UNSPECIFIED:
    case v1::OUTCOME_DONE:
    case v1::OUTCOME_REFUSED:
    case v1::Outcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Outcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      return "";
  }
  return "";
}

std::string_view StateName(TicketState state) {
  switch (state) {
    case TicketState::kWaiting:
      return "waiting";
    case TicketState::kBeingDecided:
      return "being_decided";
    case TicketState::kDecided:
      return "decided";
    case TicketState::kUnknown:
    case TicketState::kForgotten:
      return "";
  }
  return "";
}

void WritePlace(const TicketView& view, JsonWriter& json) {
  json.Field("people_ahead", view.place.people_ahead);
  if (const auto& estimate = view.place.estimate) {
    json.Key("estimate")
        .Begin('{')
        .Field("seconds", absl::ToDoubleSeconds(estimate->time))
        .Field("seconds_low", absl::ToDoubleSeconds(estimate->low))
        .Field("seconds_high", absl::ToDoubleSeconds(estimate->high))
        .Field("decided_at", view.at + estimate->time)
        .End('}');
  }
  if (view.stock.has_value()) {
    json.Key("stock")
        .Begin('{')
        .Field("seats_left", view.stock->seats_left)
        .Field("people_ahead", view.place.people_ahead_everywhere)
        .Field("will_reach", NameOf(view.stock->will_reach))
        .End('}');
  }
}

void WriteAnswer(const CommandOutcome& outcome, JsonWriter& json) {
  json.Key("answer").Begin('{').Field("outcome", NameOf(outcome.outcome));
  if (outcome.refusal != v1::REFUSAL_UNSPECIFIED) {
    json.Field("refusal", NameOf(outcome.refusal));
  }
  json.FieldUnlessEmpty("field", outcome.field)
      .FieldUnlessEmpty("status", StatusAfter(outcome.outcome))
      .FieldUnlessEmpty("campaign_id", outcome.campaign_id)
      .FieldUnlessEmpty("site_id", outcome.site_id)
      .FieldUnlessEmpty("slot_id", outcome.slot_id);
  if (outcome.seat.value != 0) json.Field("seat", outcome.seat.value);
  if (outcome.deadline.has_value()) json.Field("deadline", *outcome.deadline);
  if (outcome.is_repeated) json.Field("repeated", true);
  json.Field("asked_at", outcome.asked_at)
      .Field("decided_at", outcome.decided_at)
      .End('}');
}

}  // namespace

int PollAfterSeconds(const TicketView& view) {
  if (view.state != TicketState::kWaiting) return kPollSecondsMin;
  if (view.place.estimate.has_value()) {
    const int64_t tenth = view.place.estimate->low / absl::Seconds(10);
    return static_cast<int>(
        std::clamp<int64_t>(tenth, kPollSecondsMin, kPollSecondsMax));
  }
  for (const PollStep& step : kPollSteps) {
    if (view.place.people_ahead < step.people_ahead) return step.seconds;
  }
  return kPollSecondsMax;
}

std::string TicketJson(const TicketView& view,
                       const std::vector<ShardPosition>& position) {
  JsonWriter json;
  json.Begin('{')
      .Field("ticket", FormatTicket(view.ticket))
      .FieldUnlessEmpty("command_id", view.command_id)
      .Field("state", StateName(view.state));
  if (view.state == TicketState::kWaiting) WritePlace(view, json);
  if (view.state == TicketState::kDecided) {
    WriteAnswer(*view.outcome, json);
  } else {
    json.Field("poll_after_seconds", PollAfterSeconds(view));
  }
  json.Field("position", FormatPosition(position)).End('}');
  return std::move(json).Text();
}

http::Reply TicketReply(const http::Request& request,
                        const absl::StatusOr<TicketView>& view,
                        const Feed& feed, int status) {
  if (!view.ok()) {
    return http::ProblemReply(request, http::ProblemOf(view.status()));
  }
  if (view->state == TicketState::kUnknown) {
    return http::ProblemReply(request,
                              {.status = 404,
                               .name = "ticket-unknown",
                               .title = "Nobody has this ticket",
                               .detail = "no command stands there in line"});
  }
  if (view->state == TicketState::kForgotten) {
    return http::ProblemReply(
        request, {.status = 410,
                  .name = "answer-forgotten",
                  .title = "The answer is not kept any more",
                  .detail = "it was decided long ago: look at the citizen's "
                            "appointments"});
  }
  const auto position = PositionOf(*view, feed);
  http::Reply reply(status, http::kJson, TicketJson(*view, position));
  reply.Add("Cache-Control", "no-store")
      .Add(kPositionHeader, FormatPosition(position));
  if (view->state != TicketState::kDecided) {
    reply.Add("Retry-After", std::to_string(PollAfterSeconds(*view)));
  }
  return reply;
}

}  // namespace slotlog
