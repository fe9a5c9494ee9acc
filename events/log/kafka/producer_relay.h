// One shard's transactions, by producers that take turns. Kafka answers a
// commit before its markers stand in every partition, and refuses the same
// producer's next transaction until they do; librdkafka then waits 20 ms,
// always (2.0 to 2.12: `retry_backoff_ms` in rdkafka_txnmgr.c). The next
// producer need not wait. Records keep their order: no reader passes records
// that are not marked.
//
// The relay is one producer to everybody else. Opening it opens all of them,
// and only then is whoever had them fenced: one who still has some commits
// nothing that the opener has not seen, since the opener reads on from what
// stands in the log when Open returns.
//
// Threads: one at a time.

#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

#include "events/log/kafka/kafka_options.h"
#include "events/log/kafka/kafka_producer.h"
#include "events/log/log.h"

namespace slotlog::kafka {

class ProducerRelay : public TransactionalProducer {
 public:
  ProducerRelay(const KafkaLogOptions& options,
                std::string_view transactional_id);

  /// As KafkaProducer's.
  absl::Status Connect();
  absl::Status Open(const std::stop_token& stop);

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override;

 private:
  std::vector<std::unique_ptr<KafkaProducer>> producers_;
  /// Whose turn it is; one that is over keeps it, and goes on saying so.
  size_t turn_ = 0;
};

}  // namespace slotlog::kafka
