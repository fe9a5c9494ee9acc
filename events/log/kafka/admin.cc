#include "events/log/kafka/admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slotlog::kafka {
namespace {

/// The call itself ends by the patience; its answer is there soon after.
constexpr int kAnswerGraceMs = 2000;

TopicFound FoundIn(const rd_kafka_metadata_topic& topic) {
  TopicFound found{.partitions = topic.partition_cnt, .replication = 0};
  for (int p = 0; p < topic.partition_cnt; ++p) {
    const int replicas = topic.partitions[p].replica_cnt;
    found.replication =
        p == 0 ? replicas : std::min(found.replication, replicas);
  }
  return found;
}

}  // namespace

absl::StatusOr<Found> Admin::Find(const std::vector<std::string>& topics) {
  // Metadata of the topics that the client knows: these.
  std::vector<TopicHandle> handles;
  handles.reserve(topics.size());
  for (const std::string& name : topics) {
    handles.emplace_back(rd_kafka_topic_new(client_, name.c_str(), nullptr));
  }
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      client_, /*all_topics=*/0, /*only_rkt=*/nullptr, &metadata, patience_ms_);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(error, "asking Kafka for its topics");
  }
  const Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy> owner(
      metadata);
  Found found{.brokers = metadata->broker_cnt, .topics = {}};
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    const rd_kafka_metadata_topic& topic = metadata->topics[t];
    if (std::find(topics.begin(), topics.end(), topic.topic) == topics.end() ||
        topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
      continue;
    }
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return StatusOf(topic.err, fmt::format("topic {}", topic.topic));
    }
    found.topics.emplace(topic.topic, FoundIn(topic));
  }
  return found;
}

absl::StatusOr<std::map<std::string, TopicConfig>> Admin::Describe(
    const std::vector<std::string>& topics) {
  std::vector<ConfigResource> resources;
  std::vector<rd_kafka_ConfigResource_t*> pointers;
  for (const std::string& name : topics) {
    resources.emplace_back(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    pointers.push_back(resources.back().get());
  }
  const AdminOptions options = Options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  const Queue queue(rd_kafka_queue_new(client_));
  rd_kafka_DescribeConfigs(client_, pointers.data(), pointers.size(),
                           options.get(), queue.get());
  absl::StatusOr<Event> event =
      Answer(queue.get(), "asking Kafka for the topics' settings");
  if (!event.ok()) return event.status();

  size_t count = 0;
  const rd_kafka_ConfigResource_t** described =
      rd_kafka_DescribeConfigs_result_resources(
          rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  std::map<std::string, TopicConfig> configs;
  for (size_t i = 0; i < count; ++i) {
    const char* name = rd_kafka_ConfigResource_name(described[i]);
    if (const auto error = rd_kafka_ConfigResource_error(described[i]);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return StatusOf(error, fmt::format("asking for {}'s settings", name));
    }
    size_t entry_count = 0;
    const rd_kafka_ConfigEntry_t** entries =
        rd_kafka_ConfigResource_configs(described[i], &entry_count);
    for (size_t e = 0; e < entry_count; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(entries[e]);
      configs[name].emplace(rd_kafka_ConfigEntry_name(entries[e]),
                            value == nullptr ? "" : value);
    }
  }
  return configs;
}

absl::Status Admin::Make(const std::vector<TopicToMake>& topics) {
  if (topics.empty()) return absl::OkStatus();
  std::vector<NewTopic> made;
  std::vector<rd_kafka_NewTopic_t*> pointers;
  for (const TopicToMake& topic : topics) {
    char why[256];
    made.emplace_back(rd_kafka_NewTopic_new(topic.name.c_str(),
                                            topic.partitions, topic.replication,
                                            why, sizeof(why)));
    if (made.back() == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("topic {} cannot be made: {}", topic.name,
                      static_cast<const char*>(why)));
    }
    for (const auto& [name, value] : topic.config) {
      rd_kafka_NewTopic_set_config(made.back().get(), name.c_str(),
                                   value.c_str());
    }
    pointers.push_back(made.back().get());
  }
  const AdminOptions options = Options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  const Queue queue(rd_kafka_queue_new(client_));
  rd_kafka_CreateTopics(client_, pointers.data(), pointers.size(),
                        options.get(), queue.get());
  absl::StatusOr<Event> event = Answer(queue.get(), "making topics in Kafka");
  if (!event.ok()) return event.status();

  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR ||
        error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* detail = rd_kafka_topic_result_error_string(results[i]);
    return StatusOf(error,
                    fmt::format("making the topic {}",
                                rd_kafka_topic_result_name(results[i])),
                    detail == nullptr ? "" : detail);
  }
  return absl::OkStatus();
}

AdminOptions Admin::Options(rd_kafka_admin_op_t operation) const {
  AdminOptions options(rd_kafka_AdminOptions_new(client_, operation));
  // Both are refused only for operations that have no such thing.
  rd_kafka_AdminOptions_set_request_timeout(options.get(), patience_ms_,
                                            nullptr, 0);
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), patience_ms_,
                                              nullptr, 0);
  return options;
}

absl::StatusOr<Event> Admin::Answer(rd_kafka_queue_t* queue,
                                    std::string_view what) const {
  Event event(rd_kafka_queue_poll(queue, patience_ms_ + kAnswerGraceMs));
  if (event == nullptr) return StatusOf(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  if (const auto error = rd_kafka_event_error(event.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(error, what, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

}  // namespace slotlog::kafka
