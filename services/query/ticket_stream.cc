#include "services/query/ticket_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "services/query/ticket_reply.h"

namespace slotlog {
namespace {

/// How long a browser waits before it comes back, after the stream broke.
constexpr std::string_view kRetry = "retry: 2000\n\n";

bool IsStreamed(const absl::StatusOr<TicketView>& view) {
  return view.ok() && view->state != TicketState::kUnknown &&
         view->state != TicketState::kForgotten;
}

std::string EventIdOf(const TicketView& view) {
  if (view.state == TicketState::kDecided) return "decided";
  if (view.state == TicketState::kBeingDecided) return "being-decided";
  return fmt::format("waiting-{}", view.place.people_ahead);
}

/// Changed on the timer thread only.
class TicketStream : public std::enable_shared_from_this<TicketStream> {
 public:
  TicketStream(Tickets& tickets, Ticket ticket, http::EventStream stream,
               std::string last_id)
      : tickets_(tickets),
        ticket_(ticket),
        stream_(std::move(stream)),
        last_id_(std::move(last_id)) {}

  void Start(const TicketView& view) {
    stream_.OnGone([self = shared_from_this()] { self->Stop(); });
    stream_.Send(std::make_shared<const std::string>(kRetry));
    Tell(view);
  }

 private:
  void Tell(const absl::StatusOr<TicketView>& view) {
    if (is_over_) return;
    // It was there before: the client comes back and is told what is wrong.
    if (!IsStreamed(view)) return stream_.Close();
    const std::string id = EventIdOf(*view);
    const bool is_decided = view->state == TicketState::kDecided;
    if (id != last_id_) {
      last_id_ = id;
      const auto position = PositionOf(*view, tickets_.models().feed());
      const bool is_sent = stream_.Send(std::make_shared<const std::string>(
          http::ServerSentEvent(id, is_decided ? "decided" : "waiting",
                                TicketJson(*view, position))));
      if (!is_sent) return;
    }
    if (is_decided) return stream_.Close();
    wait_ = tickets_.Await(
        ticket_,
        std::min(absl::Seconds(PollAfterSeconds(*view)), kStreamStepMax),
        [self = shared_from_this()](const absl::StatusOr<TicketView>& next) {
          self->Tell(next);
        });
  }

  void Stop() {
    tickets_.timers().Post([self = shared_from_this()] {
      self->is_over_ = true;
      if (self->wait_ != nullptr) self->tickets_.Cancel(self->wait_);
    });
  }

  Tickets& tickets_;
  const Ticket ticket_;
  const http::EventStream stream_;
  std::string last_id_;
  bool is_over_ = false;
  std::shared_ptr<Tickets::Wait> wait_;
};

}  // namespace

void StreamTicket(Tickets& tickets, Ticket ticket, http::Exchange exchange) {
  const auto view = tickets.Look(ticket);
  if (!IsStreamed(view)) {
    return exchange.Answer(
        TicketReply(exchange.request(), view, tickets.models().feed()));
  }
  std::string last_id(exchange.request().Header("Last-Event-ID").value_or(""));
  if (view->state == TicketState::kDecided && last_id == EventIdOf(*view)) {
    return exchange.Answer(http::Reply(204).Add("Cache-Control", "no-store"));
  }
  http::Reply head(200, http::kEventStream, std::string());
  // A proxy that gathers bytes would keep the news from the citizen.
  head.Add("Cache-Control", "no-store").Add("X-Accel-Buffering", "no");
  auto stream = std::make_shared<TicketStream>(
      tickets, ticket, exchange.Stream(std::move(head)), std::move(last_id));
  tickets.timers().Post([stream, view = *view] { stream->Start(view); });
}

}  // namespace slotlog
