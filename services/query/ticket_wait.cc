#include "services/query/ticket_wait.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "services/http/prefer.h"

namespace slotlog {
namespace {

/// A request that waits; changed on the timer thread only.
struct Waiting {
  explicit Waiting(http::Exchange exchange) : exchange(std::move(exchange)) {}
  http::Exchange exchange;
  bool is_over = false;
};

}  // namespace

void AnswerWhenDecided(Tickets& tickets, http::Exchange exchange,
                       absl::StatusOr<TicketView> view, absl::Duration wait_max,
                       MakeTicketReply make_reply) {
  const auto wait = http::PreferredWait(exchange.request(), wait_max);
  if (!wait.has_value() || !IsUndecided(view)) {
    http::Reply reply = make_reply(exchange.request(), std::move(view));
    return exchange.Answer(std::move(reply));
  }
  const auto waiting = std::make_shared<Waiting>(std::move(exchange));
  const auto awaited = tickets.Await(
      view->ticket, *wait,
      [waiting, make_reply = std::move(make_reply),
       wait = *wait](absl::StatusOr<TicketView> told) mutable {
        waiting->is_over = true;
        http::Reply reply =
            make_reply(waiting->exchange.request(), std::move(told));
        reply.Add("Preference-Applied",
                  fmt::format("wait={}", absl::ToInt64Seconds(wait)));
        waiting->exchange.Answer(std::move(reply));
      });
  tickets.timers().Post([&tickets, waiting, awaited] {
    if (waiting->is_over) return;
    waiting->exchange.OnGone([&tickets, awaited] { tickets.Cancel(awaited); });
  });
}

}  // namespace slotlog
