#include "events/log/kafka/bare_loop.h"

#include <fmt/format.h>

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

Client Made(absl::StatusOr<Client> client) {
  INVARIANT(client.ok(), client.status().ToString().c_str());
  return *std::move(client);
}

void Send(rd_kafka_topic_t* topic, int32_t partition, const void* key,
          size_t key_length, std::string& value) {
  const int sent =
      rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, value.data(),
                       value.size(), key, key_length, nullptr);
  INVARIANT(sent == 0, "the record was taken");
}

}  // namespace

void GoRoundBare(const KafkaLogOptions& options, Shard shard,
                 const BareLoop& loop) {
  const auto partition = static_cast<int32_t>(shard.value);
  const Client producer = Made(
      NewTransactionalClient(options, fmt::format("bare-{}", shard.value)));
  const TopicHandles topics(producer.get(), options);
  INVARIANT(rd_kafka_init_transactions(producer.get(), kInitMs) == nullptr,
            "transactions begin");
  INVARIANT(topics.Await().ok(), "the topics are there");

  const Client consumer = Made(NewReader(options, Isolation::kReadCommitted));
  const TopicHandle commands(rd_kafka_topic_new(
      consumer.get(), TopicName(options, Topic::kCommands).c_str(), nullptr));
  rd_kafka_consume_start(commands.get(), partition, 0);

  std::string confirmation(100, 'a');
  std::string events;
  std::vector<rd_kafka_message_t*> messages(loop.batch_inputs);
  for (int left = loop.inputs; left > 0;) {
    const ssize_t count = rd_kafka_consume_batch(
        commands.get(), partition, kWaitMs, messages.data(), messages.size());
    size_t records = 0;
    INVARIANT(rd_kafka_begin_transaction(producer.get()) == nullptr, "begun");
    for (ssize_t i = 0; i < count; ++i) {
      const Message message(messages[static_cast<size_t>(i)]);
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      Send(topics[Topic::kConfirmations], partition, message->key,
           message->key_len, confirmation);
      ++records;
    }
    if (records > 0) {
      events.assign(records * loop.event_bytes, 'e');
      Send(topics[Topic::kEvents], partition, "", 0, events);
    }
    INVARIANT(rd_kafka_commit_transaction(producer.get(), -1) == nullptr,
              "committed");
    left -= static_cast<int>(records);
  }
  rd_kafka_consume_stop(commands.get(), partition);
}

}  // namespace slotlog::kafka
