// Appends without a transaction, for many threads at once, over one idempotent
// producer, to each partition a request at a time. A thread of its own hears
// what became of each record and wakes who waits for it.
//
// Should librdkafka give its producer up (a fatal error), the records on their
// way fail and the next Append makes a new one.
//
// Threads: any number may call Append.

#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <memory>
#include <mutex>
#include <vector>

#include "events/ids.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

class Appender {
 public:
  explicit Appender(const KafkaLogOptions& options);
  ~Appender();

  /// As Log::Append. UNAVAILABLE: the brokers did not take it, or what was
  /// before it on the way to its partition, within the patience. REQUIRES: the
  /// partitions exist, no record is too large.
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records);

 private:
  class Producer;

  /// The producer that lives; made where there is none.
  absl::StatusOr<std::shared_ptr<Producer>> LivingProducer();

  const KafkaLogOptions options_;
  std::mutex mutex_;
  std::shared_ptr<Producer> producer_;
};

}  // namespace slotlog::kafka
