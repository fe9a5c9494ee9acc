#include "events/log/kafka/kafka_consumer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "events/invariant.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"

namespace slotlog::kafka {
namespace {

/// So many messages are taken from a queue at a time. What is left of them
/// after a Fetch is bounded by what the queue may hold.
constexpr size_t kTakenMax = 512;

/// Messages of one batch, and the client that they are of.
struct Owner {
  std::shared_ptr<rd_kafka_t> client;
  std::vector<Message> messages;
};

std::string_view KeyOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}

std::string_view ValueOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

std::string_view TraceParentOf(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  const bool is_there =
      rd_kafka_message_headers(&message, &headers) ==
          RD_KAFKA_RESP_ERR_NO_ERROR &&
      rd_kafka_header_get_last(headers, kTraceParentHeader, &value, &size) ==
          RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!is_there || value == nullptr) return {};
  return {static_cast<const char*>(value), size};
}

/// An error's text stands where a record's value would.
std::string Detail(const rd_kafka_message_t& message) {
  const char* text = rd_kafka_message_errstr(&message);
  return text == nullptr ? rd_kafka_err2str(message.err) : text;
}

/// Whether records that were to be read are gone or unreadable. All else
/// librdkafka tries again by itself.
bool IsLoss(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
         error == RD_KAFKA_RESP_ERR__BAD_MSG ||
         error == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
         error == RD_KAFKA_RESP_ERR_INVALID_MSG ||
         error == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE;
}

/// librdkafka gave the partition up. A broker that just came back may have said
/// so; if the topic was deleted, opening the consumer anew tells.
bool IsGone(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

bool IsDenied(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaConsumer>> KafkaConsumer::Open(
    const KafkaLogOptions& options, absl::Span<const slotlog::Position> from) {
  absl::StatusOr<Client> client = NewReader(options, Isolation::kReadCommitted);
  if (!client.ok()) return client.status();
  std::unique_ptr<KafkaConsumer> consumer(
      new KafkaConsumer(*std::move(client)));
  for (const slotlog::Position& at : from) consumer->Add(options, at);
  absl::Status known = AwaitTopic(consumer->client_.get(), /*topic=*/nullptr,
                                  PatienceMs(options));
  if (!known.ok()) return known;
  for (auto& [name, partition] : consumer->partitions_) {
    if (absl::Status started = consumer->Start(partition); !started.ok()) {
      return started;
    }
  }
  return consumer;
}

KafkaConsumer::KafkaConsumer(std::shared_ptr<rd_kafka_t> client)
    : client_(std::move(client)) {}

KafkaConsumer::~KafkaConsumer() {
  for (auto& [name, partition] : partitions_) {
    rd_kafka_queue_cb_event_enable(partition.queue.get(), nullptr, nullptr);
    rd_kafka_consume_stop(partition.topic.get(),
                          static_cast<int32_t>(name.shard.value));
  }
}

void KafkaConsumer::Add(const KafkaLogOptions& options,
                        slotlog::Position from) {
  partitions_[from.partition] = {
      .name = from.partition,
      .position = from.offset,
      .topic = TopicHandle(rd_kafka_topic_new(
          client_.get(), TopicName(options, from.partition.topic).c_str(),
          nullptr)),
      .queue = Queue(rd_kafka_queue_new(client_.get())),
      .taken = {},
      .failed = {}};
}

absl::Status KafkaConsumer::Start(Partition& partition) {
  rd_kafka_queue_cb_event_enable(partition.queue.get(), &OnNews, this);
  const int started = rd_kafka_consume_start_queue(
      partition.topic.get(), static_cast<int32_t>(partition.name.shard.value),
      partition.position.value, partition.queue.get());
  if (started == 0) return absl::OkStatus();
  return StatusOf(rd_kafka_last_error(),
                  fmt::format("reading {}", DebugString(partition.name)));
}

void KafkaConsumer::OnNews(rd_kafka_t*, void* consumer) {
  auto* self = static_cast<KafkaConsumer*>(consumer);
  absl::MutexLock lock(&self->mutex_);
  self->has_news_ = true;
}

absl::StatusOr<RecordBatch> KafkaConsumer::Fetch(TopicPartition name,
                                                 size_t records_max,
                                                 size_t bytes_max) {
  Partition& partition = At(name);
  RecordBatch batch;
  auto owner = std::make_shared<Owner>(Owner{client_, {}});
  size_t bytes = 0;
  while (batch.records.size() < records_max && HasRecord(partition)) {
    // What was read before the failure is given first.
    if (!partition.failed.ok()) break;
    const rd_kafka_message_t& message = *partition.taken.front();
    bytes += message.key_len + message.len;
    if (bytes > bytes_max && !batch.records.empty()) break;
    batch.records.push_back({.offset = slotlog::Offset{message.offset},
                             .timestamp = absl::FromUnixMillis(
                                 rd_kafka_message_timestamp(&message, nullptr)),
                             .key = KeyOf(message),
                             .value = ValueOf(message),
                             .traceparent = TraceParentOf(message)});
    partition.position = slotlog::Offset{message.offset + 1};
    owner->messages.push_back(std::move(partition.taken.front()));
    partition.taken.pop_front();
  }
  if (batch.records.empty()) {
    if (!partition.failed.ok()) return partition.failed;
    return batch;
  }
  batch.owners.push_back(std::move(owner));
  return batch;
}

slotlog::Offset KafkaConsumer::Position(TopicPartition name) const {
  const auto found = partitions_.find(name);
  INVARIANT(found != partitions_.end(), "a consumer reads what it opened");
  return found->second.position;
}

void KafkaConsumer::AwaitRecords(absl::Duration timeout) {
  {
    // Whatever comes from here on wakes the wait below.
    absl::MutexLock lock(&mutex_);
    has_news_ = false;
  }
  for (auto& [name, partition] : partitions_) {
    if (HasRecord(partition)) return;
  }
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&has_news_), timeout);
}

KafkaConsumer::Partition& KafkaConsumer::At(TopicPartition name) {
  const auto found = partitions_.find(name);
  INVARIANT(found != partitions_.end(), "a consumer reads what it opened");
  return found->second;
}

bool KafkaConsumer::Take(Partition& partition) {
  std::array<rd_kafka_message_t*, kTakenMax> messages;
  const ssize_t count =
      rd_kafka_consume_batch_queue(partition.queue.get(), /*timeout_ms=*/0,
                                   messages.data(), messages.size());
  for (ssize_t i = 0; i < count; ++i) {
    partition.taken.emplace_back(messages[static_cast<size_t>(i)]);
  }
  return count > 0;
}

bool KafkaConsumer::HasRecord(Partition& partition) {
  while (partition.failed.ok()) {
    if (partition.taken.empty() && !Take(partition)) return false;
    const rd_kafka_message_t& message = *partition.taken.front();
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    Heed(message, partition);
    partition.taken.pop_front();
  }
  return true;
}

void KafkaConsumer::Heed(const rd_kafka_message_t& message,
                         Partition& partition) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    partition.position =
        std::max(partition.position, slotlog::Offset{message.offset});
    return;
  }
  const std::string text =
      fmt::format("{} at offset {}: {}", DebugString(partition.name),
                  partition.position.value, Detail(message));
  if (IsLoss(message.err)) {
    partition.failed = absl::DataLossError(
        fmt::format("Kafka does not hold what was to be read: {}", text));
  } else if (IsGone(message.err)) {
    partition.failed = absl::UnavailableError(
        fmt::format("Kafka says that it has no {}", text));
  } else if (IsDenied(message.err)) {
    partition.failed = absl::PermissionDeniedError(text);
  } else {
    spdlog::warn("Kafka: {}; it is tried again", text);
  }
}

}  // namespace slotlog::kafka
