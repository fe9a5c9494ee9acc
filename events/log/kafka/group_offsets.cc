#include "events/log/kafka/group_offsets.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/partition_list.h"
#include "events/log/kafka/settings.h"
#include "events/log/log.h"

namespace slotlog {
namespace {

using kafka::Client;
using kafka::PartitionList;
using kafka::StatusOf;

using GroupList =
    kafka::Owned<const rd_kafka_group_list, rd_kafka_group_list_destroy>;

}  // namespace

namespace kafka {

PartitionList ListOf(const std::string& topic,
                     const std::map<Shard, PublishedProgress>& progress) {
  PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(progress.size())));
  for (const auto& [shard, at] : progress) {
    rd_kafka_topic_partition_t* partition = rd_kafka_topic_partition_list_add(
        list.get(), topic.c_str(), static_cast<int32_t>(shard.value));
    partition->offset = at.next_command.value;
    // The list's own, and freed with it.
    partition->metadata = strdup(at.text.c_str());
    partition->metadata_size = at.text.size();
  }
  return list;
}

}  // namespace kafka

struct GroupOffsets::Parts {
  KafkaLogOptions options;
  std::string topic;
  Client client;
};

GroupOffsets::GroupOffsets(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}

GroupOffsets::~GroupOffsets() = default;

absl::StatusOr<std::unique_ptr<GroupOffsets>> GroupOffsets::OfOwners(
    const KafkaLogOptions& options) {
  return Of(options, kafka::GroupName(options));
}

absl::StatusOr<std::unique_ptr<GroupOffsets>> GroupOffsets::OfStandby(
    const KafkaLogOptions& options, std::string_view name) {
  return Of(options, kafka::StandbyGroupPrefix(options) + std::string(name));
}

absl::StatusOr<std::unique_ptr<GroupOffsets>> GroupOffsets::Of(
    const KafkaLogOptions& options, const std::string& group) {
  auto client = kafka::NewGroupClient(options, group);
  if (!client.ok()) return client.status();
  return std::unique_ptr<GroupOffsets>(new GroupOffsets(std::make_unique<Parts>(
      Parts{options, kafka::TopicName(options, Topic::kCommands),
            *std::move(client)})));
}

void GroupOffsets::Publish(const std::map<Shard, PublishedProgress>& progress) {
  if (progress.empty()) return;
  const PartitionList list = kafka::ListOf(parts_->topic, progress);
  // The next one is on its way if this one is lost.
  rd_kafka_commit(parts_->client.get(), list.get(), /*async=*/1);
}

absl::StatusOr<std::map<Shard, PublishedProgress>> GroupOffsets::Read(
    ShardCount shards) {
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(shards.value)));
  for (uint32_t shard = 0; shard < shards.value; ++shard) {
    rd_kafka_topic_partition_list_add(list.get(), parts_->topic.c_str(),
                                      static_cast<int32_t>(shard));
  }
  const rd_kafka_resp_err_t error = rd_kafka_committed(
      parts_->client.get(), list.get(), kafka::PatienceMs(parts_->options));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(error, "asking for what workers said");
  }
  std::map<Shard, PublishedProgress> progress;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& said = list->elems[i];
    if (said.offset < 0) continue;
    progress[Shard{static_cast<uint32_t>(said.partition)}] = {
        .next_command = Offset{said.offset},
        .text = std::string(static_cast<const char*>(said.metadata),
                            said.metadata_size)};
  }
  return progress;
}

absl::StatusOr<std::vector<std::string>> GroupOffsets::FindStandbys() {
  const struct rd_kafka_group_list* groups = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_list_groups(parts_->client.get(), /*group=*/nullptr, &groups,
                           kafka::PatienceMs(parts_->options));
  const GroupList owner(groups);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(error, "asking for the groups of standbys");
  }
  const std::string prefix = kafka::StandbyGroupPrefix(parts_->options);
  std::vector<std::string> names;
  for (int i = 0; i < groups->group_cnt; ++i) {
    const std::string_view name = groups->groups[i].group;
    if (name.starts_with(prefix))
      names.emplace_back(name.substr(prefix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace slotlog
