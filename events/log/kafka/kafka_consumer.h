// Reads committed records from Kafka. One librdkafka client without a group,
// and in it one queue for each partition, so that a partition that nobody
// fetches from holds its own records back and no others.
//
// Positions count markers and aborted records by Kafka's end-of-partition
// events; records keep the client alive, so a batch may outlive its consumer.
//
// What passes by itself (a broker away, a leader that moved) is logged by
// librdkafka and ridden out: Fetch gives nothing meanwhile. What never passes
// is an error from then on, at every Fetch of the partition.
//
// Threads: one at a time.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "events/ids.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

class KafkaConsumer : public Consumer {
 public:
  /// REQUIRES: the partitions exist and hold the offsets.
  static absl::StatusOr<std::unique_ptr<KafkaConsumer>> Open(
      const KafkaLogOptions& options, absl::Span<const slotlog::Position> from);
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;
  ~KafkaConsumer() override;

  absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                    size_t records_max,
                                    size_t bytes_max) override;
  slotlog::Offset Position(TopicPartition partition) const override;
  void AwaitRecords(absl::Duration timeout) override;

 private:
  struct Partition {
    TopicPartition name;
    slotlog::Offset position;
    TopicHandle topic;
    /// Filled by librdkafka's threads.
    Queue queue;
    /// Taken from the queue and not given yet: records, errors and ends.
    std::deque<Message> taken;
    /// What ended the partition.
    absl::Status failed;
  };

  explicit KafkaConsumer(std::shared_ptr<rd_kafka_t> client);

  void Add(const KafkaLogOptions& options, slotlog::Position from);
  absl::Status Start(Partition& partition);
  /// Called by librdkafka's threads when a queue is empty no more.
  static void OnNews(rd_kafka_t* client, void* consumer);

  Partition& At(TopicPartition partition);
  /// Takes some from the queue, without waiting; false: there was nothing.
  static bool Take(Partition& partition);
  /// Whether a record or a failure comes next: what comes before is heeded.
  static bool HasRecord(Partition& partition);
  /// An end or an error: moves the position, or fails the partition.
  static void Heed(const rd_kafka_message_t& message, Partition& partition);

  const std::shared_ptr<rd_kafka_t> client_;
  // Before the partitions: their queues call OnNews until they are gone.
  absl::Mutex mutex_;
  bool has_news_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<TopicPartition, Partition> partitions_;
};

}  // namespace slotlog::kafka
