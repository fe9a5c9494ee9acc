#include "events/log/kafka/kafka_producer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "events/invariant.h"
#include "events/log/kafka/settings.h"

namespace slotlog::kafka {
namespace {

/// librdkafka waits as long as the transaction may take.
constexpr int kWhole = -1;

/// Each try lasts as long as the transaction may take, or the patience.
constexpr int kTriesMax = 3;

/// While a dead owner's transaction is ended, its id is refused, and a client
/// that was refused asks again only after half a second. A new client asks at
/// once: so whoever was not answered so soon gives way to the next, which waits
/// twice as long.
constexpr int kFirstAnswerMs = 100;

/// How long whoever waits for an answer does not look whether it should stop.
/// One that has lost the shard meanwhile fences its new owner if it goes on.
constexpr int kLookMs = 100;

/// Repeats the call while its error says that it may be.
Error Tried(const std::function<rd_kafka_error_t*()>& call) {
  Error error(call());
  for (int tried = 1; tried < kTriesMax && error != nullptr &&
                      rd_kafka_error_is_retriable(error.get()) != 0;
       ++tried) {
    error.reset(call());
  }
  return error;
}

/// Asks the coordinator for the id, which ends its former owner's transaction.
/// An error that may be tried again: it did not answer in time, or is to stop.
Error InitTransactions(rd_kafka_t* client, int answer_ms,
                       const std::stop_token& stop) {
  // Called again, librdkafka waits on for the same answer.
  while (true) {
    const int waits_ms = std::min(answer_ms, kLookMs);
    Error error(rd_kafka_init_transactions(client, waits_ms));
    answer_ms -= waits_ms;
    const bool waits_still =
        error != nullptr &&
        rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!waits_still || answer_ms <= 0 || stop.stop_requested()) return error;
  }
}

/// A record of a transaction: its opaque counts those whose place is unknown.
void CountUnplaced(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (!IsPlaced(*message)) ++*static_cast<size_t*>(message->_private);
}

std::string TextOf(const Error& error) {
  return fmt::format("{} ({})", rd_kafka_error_string(error.get()),
                     rd_kafka_error_name(error.get()));
}

}  // namespace

absl::Status KafkaProducer::Connect() {
  if (client_ != nullptr) return absl::OkStatus();
  absl::StatusOr<Client> client =
      NewTransactionalClient(options_, id_, CountUnplaced);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  topics_.emplace(client_.get(), options_);
  // A client that does not know a broker yet asks again for its coordinator
  // only after half a second.
  absl::Status known = topics_->Await();
  if (!known.ok()) Disconnect();
  return known;
}

void KafkaProducer::Disconnect() {
  topics_.reset();
  client_.reset();
}

absl::Status KafkaProducer::Open(const std::stop_token& stop) {
  const int patience_ms = PatienceMs(options_);
  int answer_ms = std::min(kFirstAnswerMs, patience_ms);
  while (!stop.stop_requested()) {
    if (absl::Status made = Connect(); !made.ok()) return made;
    const Error error = InitTransactions(client_.get(), answer_ms, stop);
    is_open_ = error == nullptr;
    if (is_open_) return absl::OkStatus();
    Disconnect();
    const bool may_be_tried = rd_kafka_error_is_retriable(error.get()) != 0;
    if (!may_be_tried || answer_ms >= patience_ms) {
      return StatusOf(rd_kafka_error_code(error.get()),
                      fmt::format("opening the producer {}", id_),
                      rd_kafka_error_string(error.get()));
    }
    answer_ms = std::min(2 * answer_ms, patience_ms);
  }
  return absl::CancelledError(
      fmt::format("nobody wants the producer {} any more", id_));
}

absl::StatusOr<CommitOutcome> KafkaProducer::Commit(
    absl::Span<const NewRecord> records) {
  INVARIANT(is_open_, "a producer is opened before it commits");
  if (ended_ == CommitOutcome::kFenced) return CommitOutcome::kFenced;
  if (ended_.has_value()) {
    return absl::FailedPreconditionError(fmt::format(
        "producer {}: a commit's outcome is unknown: open it anew", id_));
  }
  if (records.empty()) return CommitOutcome::kDone;
  // What ended the client since the last transaction.
  if (const rd_kafka_resp_err_t fatal = FatalErrorOf(client_.get());
      fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return EndBy(fatal, "before a transaction");
  }
  if (const Error error(rd_kafka_begin_transaction(client_.get()));
      error != nullptr) {
    return EndBy(rd_kafka_error_code(error.get()), TextOf(error));
  }
  unplaced_ = 0;
  for (const NewRecord& record : records) {
    const rd_kafka_resp_err_t error = Produce(*topics_, record, &unplaced_);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Abort(error, "writing a transaction");
    }
  }
  AwaitDelivery();
  if (unplaced_ > 0) {
    return Abort(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER,
                 "records of a transaction may be missing");
  }
  const Error error = Tried(
      [this] { return rd_kafka_commit_transaction(client_.get(), kWhole); });
  if (error == nullptr) return CommitOutcome::kDone;
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
  // librdkafka says so only where no commit can have been taken.
  if (rd_kafka_error_txn_requires_abort(error.get()) != 0) {
    return Abort(code, rd_kafka_error_string(error.get()));
  }
  return EndBy(code, TextOf(error));
}

void KafkaProducer::AwaitDelivery() {
  // Ends by itself: records that are not taken are given up in time. What is
  // queued in a client that is over just stays there.
  while (rd_kafka_flush(client_.get(), kLookMs) ==
             RD_KAFKA_RESP_ERR__TIMED_OUT &&
         FatalErrorOf(client_.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
  }
}

absl::StatusOr<CommitOutcome> KafkaProducer::Abort(rd_kafka_resp_err_t error,
                                                   std::string_view doing) {
  const Error failed = Tried(
      [this] { return rd_kafka_abort_transaction(client_.get(), kWhole); });
  if (failed != nullptr) {
    return EndBy(rd_kafka_error_code(failed.get()), TextOf(failed));
  }
  return StatusOf(error, fmt::format("producer {}: {}", id_, doing));
}

CommitOutcome KafkaProducer::EndBy(rd_kafka_resp_err_t error,
                                   const std::string& why) {
  // The client's own reason for its end is the better one.
  const rd_kafka_resp_err_t fatal = FatalErrorOf(client_.get());
  const bool is_fenced = IsFenced(error) || IsFenced(fatal);
  ended_ = is_fenced ? CommitOutcome::kFenced : CommitOutcome::kUnknown;
  if (!is_fenced) {
    spdlog::warn("Kafka: producer {}: the outcome is unknown: {}", id_, why);
  }
  return *ended_;
}

}  // namespace slotlog::kafka
