// Transactions on Kafka: one librdkafka producer with a transactional id of its
// own. Opening it fences whoever had the id and aborts what that one left open.
//
// A commit ends in one of four ways, and librdkafka's errors are sorted into
// them by what it says of each: one to be tried again is (the same call), one
// that asks for an abort gets it (not done), a fence is a fence, and all else
// is unknown. When in doubt it is unknown: that costs a recovery, and a wrong
// guess would cost bookings.
//
// Threads: one at a time.

#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/kafka/topic_handles.h"
#include "events/log/log.h"

namespace slotlog::kafka {

class KafkaProducer : public TransactionalProducer {
 public:
  KafkaProducer(const KafkaLogOptions& options, std::string_view id)
      : options_(options), id_(id) {}

  /// Has a client that knows the brokers, and takes the id from nobody.
  /// UNAVAILABLE: nobody answered within the patience.
  absl::Status Connect();

  /// Takes the id; connects first, if that was not done. UNAVAILABLE: as above.
  /// CANCELLED: a stop was requested.
  absl::Status Open(const std::stop_token& stop);

  /// As TransactionalProducer::Commit. After kUnknown it answers
  /// FAILED_PRECONDITION: it is to be opened anew.
  /// REQUIRES: it is open, the partitions exist, no record is too large.
  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override;

 private:
  void Disconnect();
  /// Until every record of the transaction is written or given up.
  void AwaitDelivery();
  /// `error` ended a transaction of which no commit was asked. kNotDone with
  /// the reason if it could be aborted.
  absl::StatusOr<CommitOutcome> Abort(rd_kafka_resp_err_t error,
                                      std::string_view doing);
  /// The producer is over: fenced if the error says so, else nobody knows.
  CommitOutcome EndBy(rd_kafka_resp_err_t error, const std::string& why);

  /// Of the transaction: the records that may be missing, though librdkafka
  /// would commit it.
  size_t unplaced_ = 0;
  const KafkaLogOptions options_;
  const std::string id_;
  bool is_open_ = false;
  /// The handles end before the client.
  Client client_;
  std::optional<TopicHandles> topics_;
  /// kFenced or kUnknown, once it is over.
  std::optional<CommitOutcome> ended_;
};

}  // namespace slotlog::kafka
