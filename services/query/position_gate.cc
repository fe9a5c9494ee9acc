#include "services/query/position_gate.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "projections/ticket.h"
#include "services/http/prefer.h"
#include "services/http/problem.h"
#include "services/query/ticket_reply.h"

namespace slotlog {

/// A request and what it waits for; changed on the timer thread only.
class PositionGate::Waiting {
 public:
  Waiting(http::Handler handler, http::Exchange exchange)
      : handler(std::move(handler)), exchange(std::move(exchange)) {}

  http::Handler handler;
  /// None: it went on, or was refused.
  std::optional<http::Exchange> exchange;
  size_t shards_behind = 0;
  std::vector<WaitId> waits;
  std::weak_ptr<TimerThread::Timer> timer;
};

PositionGate::PositionGate(Feed& feed, TimerThread& timers, ShardCount shards,
                           PositionGateLimits limits)
    : feed_(feed), timers_(timers), shards_(shards), limits_(limits) {}

http::Handler PositionGate::Behind(http::Handler handler) {
  return [this, handler = std::move(handler)](http::Exchange exchange) {
    if (!exchange.request().Header(kPositionHeader).has_value()) {
      return handler(std::move(exchange));
    }
    Admit(handler, std::move(exchange));
  };
}

/// Ends the waiting.
http::Exchange PositionGate::Release(Waiting& waiting) {
  for (WaitId id : waiting.waits) feed_.Cancel(id);
  if (const auto timer = waiting.timer.lock()) timer->Cancel();
  http::Exchange exchange = *std::move(waiting.exchange);
  waiting.exchange.reset();
  return exchange;
}

void PositionGate::Admit(const http::Handler& handler,
                         http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const auto position =
      ParsePosition(*request.Header(kPositionHeader), shards_.value);
  std::vector<ShardPosition> behind;
  bool is_known = position.has_value();
  if (is_known) {
    for (const ShardPosition& wanted : *position) {
      is_known = is_known && wanted.shard.value < shards_.value;
      if (!is_known) break;
      if (feed_.ProgressOf(wanted.shard).sequence < wanted.sequence) {
        behind.push_back(wanted);
      }
    }
  }
  if (!is_known) {
    return exchange.Answer(http::ProblemReply(
        request,
        {.status = 400,
         .name = "position-malformed",
         .title = "This is no position",
         .detail = fmt::format("<shard>:<sequence>, with commas between; there "
                               "are {} shards",
                               shards_.value),
         .field = std::string(kPositionHeader)}));
  }
  if (behind.empty()) return handler(std::move(exchange));

  const absl::Duration at_most =
      http::PreferredWait(request, limits_.wait_max).value_or(limits_.wait);
  auto waiting = std::make_shared<Waiting>(handler, std::move(exchange));
  waiting->shards_behind = behind.size();
  const auto end = [this, waiting](bool is_late) {
    if (!waiting->exchange.has_value()) return;
    http::Exchange exchange = Release(*waiting);
    if (!is_late) return waiting->handler(std::move(exchange));
    exchange.Answer(http::ProblemReply(
        exchange.request(),
        {.status = 503,
         .name = "reader-behind",
         .title = "The reader has not come so far yet",
         .detail = "what this position says will be here in a moment",
         .retry_after_seconds = 1}));
  };
  timers_.Post([this, waiting, behind, at_most, end] {
    // Who goes is not waited for.
    waiting->exchange->OnGone([this, waiting] {
      timers_.Post([this, waiting] {
        if (waiting->exchange.has_value()) Release(*waiting);
      });
    });
    waiting->timer = timers_.After(at_most, [end] { end(true); });
    for (const ShardPosition& wanted : behind) {
      waiting->waits.push_back(feed_.WhenFolded(
          wanted.shard, wanted.sequence, [&timers = timers_, waiting, end] {
            timers.Post([waiting, end] {
              if (--waiting->shards_behind == 0) end(false);
            });
          }));
    }
  });
}

}  // namespace slotlog
