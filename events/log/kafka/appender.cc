#include "events/log/kafka/appender.h"

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>
#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <utility>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/partition_queue.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"

namespace slotlog::kafka {
namespace {

constexpr int kPollMs = 100;

}  // namespace

/// A librdkafka producer and the thread that serves it.
class Appender::Producer {
 public:
  Producer(Client client, const KafkaLogOptions& options)
      : client_(std::move(client)),
        topics_(client_.get(), options),
        main_queue_(rd_kafka_queue_get_main(client_.get())),
        server_([this] {
          while (!over_) rd_kafka_poll(client_.get(), kPollMs);
        }) {}
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  ~Producer() {
    over_ = true;
    rd_kafka_queue_yield(main_queue_.get());
    server_.join();
  }

  absl::Status AwaitTopics() { return topics_.Await(); }
  bool lives() const {
    return FatalErrorOf(client_.get()) == RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) {
    AppendCall call(records.size());
    std::vector<PendingRecord> pending;
    pending.reserve(records.size());
    {
      const absl::MutexLock lock(&mutex_);
      for (const NewRecord& record : records) {
        pending.push_back({&call, &record, &QueueOf(record.to)});
      }
    }
    for (PendingRecord& record : pending) record.queue->Add(record);
    for (PendingRecord& record : pending) record.queue->Send();
    const rd_kafka_resp_err_t error = call.Await();
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return StatusOf(
          error, fmt::format("appending {} records to Kafka", records.size()));
    }
    std::vector<Offset> offsets;
    offsets.reserve(pending.size());
    for (const PendingRecord& record : pending) {
      offsets.push_back(record.offset);
    }
    return offsets;
  }

 private:
  PartitionQueue& QueueOf(TopicPartition partition)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto& queue = queues_[partition];
    if (queue == nullptr) queue = std::make_unique<PartitionQueue>(topics_);
    return *queue;
  }

  const Client client_;
  TopicHandles topics_;
  absl::Mutex mutex_;
  absl::flat_hash_map<TopicPartition, std::unique_ptr<PartitionQueue>> queues_
      ABSL_GUARDED_BY(mutex_);
  const Queue main_queue_;
  std::atomic<bool> over_ = false;
  std::thread server_;
};

Appender::Appender(const KafkaLogOptions& options) : options_(options) {}

Appender::~Appender() = default;

absl::StatusOr<std::vector<Offset>> Appender::Append(
    absl::Span<const NewRecord> records) {
  if (records.empty()) return std::vector<Offset>();
  absl::StatusOr<std::shared_ptr<Producer>> producer = LivingProducer();
  if (!producer.ok()) return producer.status();
  return (*producer)->Append(records);
}

absl::StatusOr<std::shared_ptr<Appender::Producer>> Appender::LivingProducer() {
  std::lock_guard lock(mutex_);
  if (producer_ != nullptr && producer_->lives()) return producer_;
  producer_.reset();
  absl::StatusOr<Client> client =
      NewAppender(options_, &PartitionQueue::OnDelivery);
  if (!client.ok()) return client.status();
  auto producer = std::make_shared<Producer>(*std::move(client), options_);
  if (absl::Status known = producer->AwaitTopics(); !known.ok()) return known;
  producer_ = std::move(producer);
  return producer_;
}

}  // namespace slotlog::kafka
