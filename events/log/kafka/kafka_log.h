// The log on a Kafka cluster, for those who outgrow one machine: Apache Kafka
// 4.1 or later, or what speaks its protocol. `slotlog topics create` makes its
// topics (topics.h).
//
// Promises: what was acknowledged is on as many brokers as the topics demand
// (min.insync.replicas); a transaction is read in full or not at all; readers
// see what is committed. That records are stamped in order rests on the
// brokers' clocks: they must be slewed and never set back.
//
// Where nobody answers, calls give up after the options' patience; a Fetch
// never waits, and gives nothing meanwhile.
//
// Threads and ownership: as log.h says.

#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "events/ids.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog {

class KafkaLog : public Log {
 public:
  /// The errors are CheckKafkaTopics's (topics.h).
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(
      const KafkaLogOptions& options);
  ~KafkaLog() override;

  std::string Id() const override;
  ShardCount Shards() const override;
  /// INVALID_ARGUMENT: no such partition, or a record beyond 16 MiB.
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override;
  /// What it makes ready is kept until it is opened, or the log is closed.
  absl::Status PrepareProducer(std::string_view transactional_id) override;
  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override;
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override;

 private:
  struct Parts;
  explicit KafkaLog(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog
