#include "events/log/kafka/membership.h"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/partition_list.h"
#include "events/log/kafka/settings.h"
#include "events/log/log.h"

namespace slotlog {
namespace {

using kafka::Client;
using kafka::Message;
using kafka::PartitionList;
using kafka::StatusOf;

std::vector<Shard> ShardsIn(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Shard> shards;
  for (int i = 0; i < list.cnt; ++i) {
    shards.push_back(Shard{static_cast<uint32_t>(list.elems[i].partition)});
  }
  return shards;
}

}  // namespace

struct KafkaMembership::Member {
  const MembershipListener& listener;
  std::string topic;
  Client client;
  /// The membership's thread only.
  std::vector<Shard> owned = {};

  /// The group has decided. An empty list instead of the partitions: a member
  /// fetches nothing. In the assign callback it must be a list and not null, or
  /// the client waits for ever and never sees the next change.
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t what,
                          rd_kafka_topic_partition_list_t* partitions,
                          void* self) {
    auto& member = *static_cast<Member*>(self);
    if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      const PartitionList none(rd_kafka_topic_partition_list_new(0));
      rd_kafka_assign(client, none.get());
      member.owned = ShardsIn(*partitions);
      member.listener.on_assigned(member.owned);
      return;
    }
    member.owned.clear();
    member.listener.on_revoked(ShardsIn(*partitions));
    rd_kafka_assign(client, nullptr);
  }
};

KafkaMembership::KafkaMembership(std::unique_ptr<Member> member)
    : member_(std::move(member)) {}

KafkaMembership::~KafkaMembership() { Leave(); }

absl::StatusOr<std::unique_ptr<KafkaMembership>> KafkaMembership::Join(
    const KafkaLogOptions& options, const MembershipListener& listener) {
  auto member = std::make_unique<Member>(
      Member{listener, kafka::TopicName(options, Topic::kCommands), {}, {}});
  auto client = kafka::NewMember(options, &Member::OnRebalance, member.get());
  if (!client.ok()) return client.status();
  member->client = *std::move(client);
  rd_kafka_poll_set_consumer(member->client.get());
  const PartitionList topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), member->topic.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t subscribed =
      rd_kafka_subscribe(member->client.get(), topics.get());
  if (subscribed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return StatusOf(subscribed, "joining the group of workers");
  }
  std::unique_ptr<KafkaMembership> membership(
      new KafkaMembership(std::move(member)));
  membership->thread_ = std::thread([self = membership.get()] { self->Run(); });
  pthread_setname_np(membership->thread_.native_handle(), "membership");
  return membership;
}

void KafkaMembership::Run() {
  rd_kafka_t* const client = member_->client.get();
  const auto wake_ms = static_cast<int>(
      absl::ToInt64Milliseconds(kafka::kHeartbeatInterval / 2));
  while (!is_leaving_) {
    // librdkafka's thread looks whether a heartbeat is due when it wakes, and
    // without anything to do it sleeps for up to a second. A question wakes it,
    // often enough for each heartbeat to be on time.
    rd_kafka_mem_free(client, rd_kafka_memberid(client));
    const Message message(rd_kafka_consumer_poll(client, wake_ms));
    // Nothing is fetched, so what comes is an error.
    if (message != nullptr && message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const absl::Status status =
          StatusOf(message->err, "the group of workers");
      spdlog::warn("{}", std::string(status.message()));
      absl::MutexLock lock(&mutex_);
      if (kafka::FatalErrorOf(client) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        health_ = status;
      }
    }
    std::map<Shard, PublishedProgress> progress;
    {
      absl::MutexLock lock(&mutex_);
      progress.swap(to_publish_);
    }
    // A member whose session is over must not speak in the group: the refusal
    // would make the client forget the name under which it is joining again,
    // and the group would wait for that name until its session is over, too.
    std::erase_if(progress, [&](const auto& said) {
      const auto& owned = member_->owned;
      return std::find(owned.begin(), owned.end(), said.first) == owned.end();
    });
    if (progress.empty()) continue;
    const PartitionList offsets = kafka::ListOf(member_->topic, progress);
    // Nothing rests on these offsets; the next ones are on their way.
    rd_kafka_commit(client, offsets.get(), /*async=*/1);
  }
  // Calls on_revoked for what it has, and leaves the group.
  rd_kafka_consumer_close(client);
}

void KafkaMembership::Leave() {
  is_leaving_ = true;
  if (thread_.joinable()) thread_.join();
}

void KafkaMembership::Publish(std::map<Shard, PublishedProgress> progress) {
  absl::MutexLock lock(&mutex_);
  to_publish_ = std::move(progress);
}

absl::Status KafkaMembership::Health() const {
  absl::MutexLock lock(&mutex_);
  return health_;
}

}  // namespace slotlog
