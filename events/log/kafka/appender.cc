#include "events/log/kafka/appender.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <thread>
#include <utility>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"

namespace slotlog::kafka {
namespace {

constexpr int kPollMs = 100;

/// One call of Append: what is still on its way, and the first thing that went
/// wrong.
class Call {
 public:
  explicit Call(size_t records) : left_(records) {}

  void Fail(rd_kafka_resp_err_t error) {
    int none = RD_KAFKA_RESP_ERR_NO_ERROR;
    error_.compare_exchange_strong(none, error);
  }
  /// So many records are not on their way any more. The last to say so must
  /// not touch the call afterwards.
  void Settle(size_t records = 1) {
    if (left_.fetch_sub(records) != records) return;
    std::lock_guard lock(mutex_);
    done_ = true;
    all_settled_.notify_one();
  }
  rd_kafka_resp_err_t Await() {
    std::unique_lock lock(mutex_);
    all_settled_.wait(lock, [this] { return done_; });
    return static_cast<rd_kafka_resp_err_t>(error_.load());
  }

 private:
  std::atomic<size_t> left_;
  std::atomic<int> error_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::mutex mutex_;
  std::condition_variable all_settled_;
  bool done_ = false;
};

/// A record on its way: its delivery report finds it by its address.
struct Pending {
  Call* call;
  Offset offset;
};

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* pending = static_cast<Pending*>(message->_private);
  Call& call = *pending->call;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    call.Fail(message->err);
  } else if (!IsPlaced(*message)) {
    call.Fail(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  } else {
    pending->offset = Offset{message->offset};
  }
  call.Settle();
}

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
    Call call(records.size());
    std::vector<Pending> pending(records.size(), Pending{&call, Offset{}});
    for (size_t i = 0; i < records.size(); ++i) {
      const rd_kafka_resp_err_t error = Send(records[i], pending[i]);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      call.Fail(error);
      call.Settle(records.size() - i);
      break;
    }
    const rd_kafka_resp_err_t error = call.Await();
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return StatusOf(
          error, fmt::format("appending {} records to Kafka", records.size()));
    }
    std::vector<Offset> offsets;
    offsets.reserve(pending.size());
    for (const Pending& record : pending) offsets.push_back(record.offset);
    return offsets;
  }

 private:
  rd_kafka_resp_err_t Send(const NewRecord& record, Pending& pending) {
    {
      std::lock_guard lock(mutex_);
      if (!begun_.contains(record.to)) return SendFirst(record, pending);
    }
    return Produce(topics_, record, &pending);
  }

  /// The first record to a partition goes alone, and everybody waits for it.
  /// From a producer that it does not know a broker takes any sequence number
  /// (Kafka's ProducerAppendInfo.checkSequence): if it refused the first of two
  /// requests, as not being the leader yet, and took the second, the first
  /// would be lost, and librdkafka would call it written.
  rd_kafka_resp_err_t SendFirst(const NewRecord& record, Pending& pending) {
    Call alone(1);
    Pending first{&alone, Offset{}};
    rd_kafka_resp_err_t error = Produce(topics_, record, &first);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = alone.Await();
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
    begun_.insert(record.to);
    pending.offset = first.offset;
    pending.call->Settle();
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  const Client client_;
  TopicHandles topics_;
  std::mutex mutex_;
  /// The partitions that have acknowledged a record of this producer.
  absl::flat_hash_set<TopicPartition> begun_;
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
  absl::StatusOr<Client> client = NewAppender(options_, OnDelivery);
  if (!client.ok()) return client.status();
  auto producer = std::make_shared<Producer>(*std::move(client), options_);
  if (absl::Status known = producer->AwaitTopics(); !known.ok()) return known;
  producer_ = std::move(producer);
  return producer_;
}

}  // namespace slotlog::kafka
