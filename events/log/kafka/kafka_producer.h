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
  /// UNAVAILABLE: the brokers did not answer within the patience. CANCELLED: a
  /// stop was requested.
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Open(
      const KafkaLogOptions& options, std::string_view transactional_id,
      const std::stop_token& stop);

  /// As TransactionalProducer::Commit. After kUnknown it answers
  /// FAILED_PRECONDITION: it is to be opened anew.
  /// REQUIRES: the partitions exist, no record is too large.
  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override;

 private:
  KafkaProducer(const KafkaLogOptions& options, Client client, std::string id);

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
  const Client client_;
  const TopicHandles topics_;
  const std::string id_;
  /// kFenced or kUnknown, once it is over.
  std::optional<CommitOutcome> ended_;
};

}  // namespace slotlog::kafka
