#include "events/log/kafka/bare_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "events/invariant.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"

namespace slotlog::kafka {
namespace {

constexpr int kWaitMs = 1000;
constexpr int kInitMs = 30'000;
constexpr size_t kInternalRecordsMax = 1000;

Client Made(absl::StatusOr<Client> client) {
  INVARIANT(client.ok(), client.status().ToString().c_str());
  return *std::move(client);
}

/// A partition that is read from its beginning.
class Reader {
 public:
  Reader(rd_kafka_t* client, const KafkaLogOptions& options, Topic topic,
         int32_t partition)
      : topic_(rd_kafka_topic_new(client, TopicName(options, topic).c_str(),
                                  nullptr)),
        partition_(partition) {
    rd_kafka_consume_start(topic_.get(), partition_, 0);
  }
  ~Reader() { rd_kafka_consume_stop(topic_.get(), partition_); }

  /// What is there, or comes in so long: at most so many records.
  std::vector<Message> Read(size_t records_max, int wait_ms) {
    messages_.resize(records_max);
    const ssize_t count = rd_kafka_consume_batch(
        topic_.get(), partition_, wait_ms, messages_.data(), messages_.size());
    std::vector<Message> records;
    for (ssize_t i = 0; i < count; ++i) {
      Message message(messages_[static_cast<size_t>(i)]);
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      records.push_back(std::move(message));
    }
    return records;
  }

 private:
  const TopicHandle topic_;
  const int32_t partition_;
  std::vector<rd_kafka_message_t*> messages_;
};

void Send(rd_kafka_topic_t* topic, int32_t partition, const void* key,
          size_t key_length, std::string& value) {
  const int sent =
      rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, value.data(),
                       value.size(), key, key_length, nullptr);
  INVARIANT(sent == 0, "the record was taken");
}

}  // namespace

void GoRoundBare(const KafkaLogOptions& options, ShardCount shards, Shard shard,
                 size_t commands, const LoopShape& shape) {
  const auto partition = static_cast<int32_t>(shard.value);
  const Client producer = Made(NewTransactionalClient(
      options, fmt::format("bare-{}", shard.value),
      [](rd_kafka_t*, const rd_kafka_message_t*, void*) {}));
  const TopicHandles topics(producer.get(), options);
  INVARIANT(rd_kafka_init_transactions(producer.get(), kInitMs) == nullptr,
            "transactions begin");
  INVARIANT(topics.Await().ok(), "the topics are there");

  const Client consumer = Made(NewReader(options, Isolation::kReadCommitted));
  Reader inputs(consumer.get(), options, Topic::kCommands, partition);
  Reader messages(consumer.get(), options, Topic::kInternal, partition);

  std::string confirmation(shape.confirmation_bytes, 'a');
  std::string events;
  std::string said;
  double owed = 0;
  for (size_t left = commands; left > 0;) {
    const auto records =
        inputs.Read(std::min(left, shape.commands_per_transaction), kWaitMs);
    messages.Read(kInternalRecordsMax, 0);
    if (records.empty()) continue;
    const auto count = static_cast<double>(records.size());
    INVARIANT(rd_kafka_begin_transaction(producer.get()) == nullptr, "begun");
    for (const Message& record : records) {
      for (owed += shape.confirmations; owed >= 1; --owed) {
        Send(topics[Topic::kConfirmations], partition, record->key,
             record->key_len, confirmation);
      }
    }
    events.assign(static_cast<size_t>(count * shape.event_bytes), 'e');
    Send(topics[Topic::kEvents], partition, "", 0, events);
    if (shape.internal_bytes > 0) {
      said.assign(static_cast<size_t>(count * shape.internal_bytes /
                                      (shards.value - 1)),
                  'm');
      for (Shard to; to.value < shards.value; ++to) {
        if (to == shard) continue;
        Send(topics[Topic::kInternal], static_cast<int32_t>(to.value), "", 0,
             said);
      }
    }
    INVARIANT(rd_kafka_commit_transaction(producer.get(), -1) == nullptr,
              "committed");
    left -= records.size();
  }
}

}  // namespace slotlog::kafka
