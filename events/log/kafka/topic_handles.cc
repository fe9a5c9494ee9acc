#include "events/log/kafka/topic_handles.h"

#include "events/log/kafka/settings.h"

namespace slotlog::kafka {

absl::Status AwaitTopic(rd_kafka_t* client, rd_kafka_topic_t* topic,
                        int patience_ms) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      client, /*all_topics=*/0, topic, &metadata, patience_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(error, "asking Kafka for its topics");
  }
  rd_kafka_metadata_destroy(metadata);
  return absl::OkStatus();
}

TopicHandles::TopicHandles(rd_kafka_t* client, const KafkaLogOptions& options)
    : client_(client), patience_ms_(PatienceMs(options)) {
  for (const Topic topic : kTopics) {
    handles_.emplace(topic,
                     TopicHandle(rd_kafka_topic_new(
                         client, TopicName(options, topic).c_str(), nullptr)));
  }
}

rd_kafka_topic_t* TopicHandles::operator[](Topic topic) const {
  return handles_.at(topic).get();
}

rd_kafka_resp_err_t Produce(const TopicHandles& topics, const NewRecord& record,
                            void* opaque) {
  // An empty value is a value: null would be a deletion.
  const char* value = record.value.empty() ? "" : record.value.data();
  const char* key = record.key.empty() ? "" : record.key.data();
  const auto partition = static_cast<int32_t>(record.to.shard.value);
  // Copied: a request that is given up may stand in the client's buffers for a
  // while, and the bytes are the caller's.
  constexpr int kFlags = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
  if (!record.traceparent.empty()) {
    return rd_kafka_producev(
        topics.client(), RD_KAFKA_V_RKT(topics[record.to.topic]),
        RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(kFlags),
        RD_KAFKA_V_VALUE(const_cast<char*>(value), record.value.size()),
        RD_KAFKA_V_KEY(key, record.key.size()),
        RD_KAFKA_V_HEADER(kTraceParentHeader, record.traceparent.data(),
                          record.traceparent.size()),
        RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
  }
  const int produced = rd_kafka_produce(
      topics[record.to.topic], partition, kFlags, const_cast<char*>(value),
      record.value.size(), key, record.key.size(), opaque);
  return produced == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

bool IsPlaced(const rd_kafka_message_t& message) { return message.offset >= 0; }

}  // namespace slotlog::kafka
