#include <fmt/format.h>

#include <memory>
#include <utility>

#include "events/codec.h"
#include "events/partitioner.h"
#include "projections/json_writer.h"
#include "services/gateway/gateway.h"
#include "services/gateway/message_request.h"
#include "services/http/prefer.h"
#include "services/http/problem.h"
#include "services/query/ticket_reply.h"
#include "services/reservation/validate.h"

// What operators send. The core takes what is so already for done, so that an
// operation that is repeated does no harm, and no id of one is kept here.

namespace slotlog {
namespace {

/// A request that waits, on the timer thread, for its operation's answer or for
/// its time to be over.
struct Waiting {
  explicit Waiting(http::Exchange exchange) : exchange(std::move(exchange)) {}
  http::Exchange exchange;
  bool is_over = false;
  WaitId answered;
  std::weak_ptr<TimerThread::Timer> timer;
};

void WriteAnswer(const OperationOutcome& outcome, JsonWriter& json) {
  json.Key("answer").Begin('{').Field("outcome", NameOf(outcome.outcome));
  if (outcome.refusal != v1::REFUSAL_UNSPECIFIED) {
    json.Field("refusal", NameOf(outcome.refusal));
  }
  json.FieldUnlessEmpty("field", outcome.field)
      .Field("asked_at", outcome.asked_at)
      .Field("decided_at", outcome.decided_at)
      .End('}');
}

}  // namespace

void Gateway::PostOperation(http::Exchange exchange) {
  v1::Operation operation;
  if (const auto problem = ReadOperation(exchange.request(), operation)) {
    return exchange.Answer(ProblemReply(exchange.request(), *problem));
  }
  std::string key(HomeKeyOf(operation));
  const Shard shard = ShardOf(key, shards_);
  // In one place for both of its ends.
  const auto shared = std::make_shared<http::Exchange>(std::move(exchange));
  const auto status = appender_.Append(
      {Topic::kOperations, shard}, std::move(key), Encode(operation),
      [this, shared, shard, operation_id = operation.operation_id()](
          absl::StatusOr<Offset> offset) mutable {
        if (!offset.ok()) {
          return shared->Answer(NotAppended(
              shared->request(), NotKnownToBeDurable(offset.status())));
        }
        AnswerOperation(std::move(*shared), std::move(operation_id),
                        Ticket{shard, *offset});
      },
      shared->request().trace().TraceParent());
  if (!status.ok()) shared->Answer(NotAppended(shared->request(), status));
}

void Gateway::AnswerOperation(http::Exchange exchange, std::string operation_id,
                              Ticket record) {
  const auto wait = http::PreferredWait(exchange.request(), options_.wait_max);
  if (!wait.has_value()) {
    return exchange.Answer(OperationReply(operation_id, record));
  }
  const auto waiting = std::make_shared<Waiting>(std::move(exchange));
  const auto finish = [this, waiting, operation_id = std::move(operation_id),
                       record] {
    if (std::exchange(waiting->is_over, true)) return;
    models_.feed().Cancel(waiting->answered);
    if (const auto timer = waiting->timer.lock()) timer->Cancel();
    waiting->exchange.Answer(OperationReply(operation_id, record));
  };
  TimerThread& timers = tickets_.timers();
  timers.Post([this, waiting, finish, record, wait = *wait, &timers] {
    // First registered, then looked: nothing falls between.
    waiting->answered = models_.feed().WhenOperationAnswered(
        record, [&timers, finish] { timers.Post(finish); });
    if (FindAnswer(record).has_value()) return finish();
    waiting->timer = timers.After(wait, finish);
    waiting->exchange.OnGone([&timers, waiting, this] {
      timers.Post([waiting, this] {
        if (std::exchange(waiting->is_over, true)) return;
        models_.feed().Cancel(waiting->answered);
        if (const auto timer = waiting->timer.lock()) timer->Cancel();
      });
    });
  });
}

/// It is durable: that its answer cannot be read is no error of it.
std::optional<OperationOutcome> Gateway::FindAnswer(Ticket record) const {
  const auto outcomes = models_.outcomes().Get();
  if (outcomes == nullptr) return std::nullopt;
  return outcomes->FindOperation(record).value_or(std::nullopt);
}

http::Reply Gateway::OperationReply(const std::string& operation_id,
                                    Ticket record) const {
  const auto found = FindAnswer(record);
  JsonWriter json;
  json.Begin('{')
      .Field("ticket", "operations/" + FormatTicket(record))
      .Field("operation_id", operation_id)
      .Field("state", found.has_value() ? "decided" : "waiting");
  std::string position;
  if (found.has_value()) {
    WriteAnswer(*found, json);
    position = FormatPosition({{record.shard, found->sequence}});
    json.Field("position", position);
  }
  json.End('}');
  http::Reply reply(found.has_value() ? 200 : 202, http::kJson,
                    std::move(json).Text());
  reply.Add("Cache-Control", "no-store");
  if (!position.empty()) reply.Add(kPositionHeader, position);
  return reply;
}

}  // namespace slotlog
