#include "events/log/kafka/topics.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <sstream>
#include <utility>
#include <vector>

#include "events/log/kafka/admin.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"
#include "events/log/kafka/topic_settings.h"

namespace slotlog {
namespace {

using kafka::Admin;
using kafka::Client;
using kafka::Found;
using kafka::Message;
using kafka::TopicHandle;

constexpr int kIdentityVersion = 1;
constexpr int kReplicationWanted = 3;

/// New topics are known to every broker after a moment.
constexpr int kLooksMax = 100;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);

struct NamedTopic {
  std::string name;
  /// None: the identity's.
  std::optional<Topic> topic;
};

std::vector<NamedTopic> NamedTopics(const KafkaLogOptions& options) {
  std::vector<NamedTopic> topics;
  for (const Topic topic : kTopics) {
    topics.push_back({kafka::TopicName(options, topic), topic});
  }
  topics.push_back({kafka::IdTopicName(options), std::nullopt});
  return topics;
}

std::vector<std::string> NamesOf(const std::vector<NamedTopic>& topics) {
  std::vector<std::string> names;
  names.reserve(topics.size());
  for (const NamedTopic& topic : topics) names.push_back(topic.name);
  return names;
}

std::string NewId() {
  std::random_device random;
  std::string id;
  for (int word = 0; word < 4; ++word) id += fmt::format("{:08x}", random());
  return id;
}

std::optional<KafkaLogIdentity> ParseIdentity(std::string_view value) {
  std::istringstream text{std::string(value)};
  int version = 0;
  KafkaLogIdentity identity;
  text >> version >> identity.shards.value >> identity.id;
  if (!text || version != kIdentityVersion) return std::nullopt;
  return identity;
}

/// The first record of the identity's topic; none: it is empty.
absl::StatusOr<std::optional<KafkaLogIdentity>> ReadIdentity(
    const KafkaLogOptions& options) {
  absl::StatusOr<Client> client =
      kafka::NewReader(options, kafka::Isolation::kReadCommitted);
  if (!client.ok()) return client.status();
  const std::string name = kafka::IdTopicName(options);
  const TopicHandle topic(
      rd_kafka_topic_new(client->get(), name.c_str(), nullptr));
  absl::Status known =
      kafka::AwaitTopic(client->get(), topic.get(), kafka::PatienceMs(options));
  if (!known.ok()) return known;
  // It is kept for ever, so it stands at the very beginning.
  if (rd_kafka_consume_start(topic.get(), 0, /*offset=*/0) != 0) {
    return kafka::StatusOf(rd_kafka_last_error(),
                           fmt::format("reading {}", name));
  }
  const Message message(
      rd_kafka_consume(topic.get(), 0, kafka::PatienceMs(options)));
  rd_kafka_consume_stop(topic.get(), 0);
  if (message == nullptr) {
    return kafka::StatusOf(RD_KAFKA_RESP_ERR__TIMED_OUT,
                           fmt::format("reading {}", name));
  }
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    return std::optional<KafkaLogIdentity>();
  }
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return kafka::StatusOf(message->err, fmt::format("reading {}", name));
  }
  std::optional<KafkaLogIdentity> identity =
      ParseIdentity({static_cast<const char*>(message->payload), message->len});
  if (!identity.has_value()) {
    return absl::FailedPreconditionError(fmt::format(
        "the first record of topic {} is no identity of a log: is the topic "
        "somebody else's? Choose another prefix",
        name));
  }
  return identity;
}

void NoteDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  *static_cast<rd_kafka_resp_err_t*>(message->_private) = message->err;
}

absl::Status WriteIdentity(const KafkaLogOptions& options, ShardCount shards) {
  // The first identity counts: another one behind it changes nothing.
  absl::StatusOr<Client> client =
      kafka::NewAppender(options, &NoteDelivery, kafka::Repeats::kHarmless);
  if (!client.ok()) return client.status();
  const std::string name = kafka::IdTopicName(options);
  const TopicHandle topic(
      rd_kafka_topic_new(client->get(), name.c_str(), nullptr));
  absl::Status known =
      kafka::AwaitTopic(client->get(), topic.get(), kafka::PatienceMs(options));
  if (!known.ok()) return known;
  std::string value =
      fmt::format("{} {} {}", kIdentityVersion, shards.value, NewId());
  rd_kafka_resp_err_t delivered = RD_KAFKA_RESP_ERR__TIMED_OUT;
  const int produced =
      rd_kafka_produce(topic.get(), 0, RD_KAFKA_MSG_F_COPY, value.data(),
                       value.size(), nullptr, 0, &delivered);
  if (produced != 0) delivered = rd_kafka_last_error();
  // Ends by the record's own timeout, which is the patience.
  if (produced == 0) rd_kafka_flush(client->get(), -1);
  if (delivered == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return kafka::StatusOf(delivered, fmt::format("writing to {}", name));
}

/// What is wrong with the topic's shape and settings, one text each.
void AddWrong(const NamedTopic& topic, const Found& found, ShardCount shards,
              const kafka::TopicConfig& config,
              std::vector<std::string>& wrong) {
  const kafka::TopicFound& is = found.topics.at(topic.name);
  const int partitions =
      topic.topic.has_value() ? static_cast<int>(shards.value) : 1;
  if (is.partitions != partitions) {
    wrong.push_back(fmt::format("{} has {} partitions and must have {}",
                                topic.name, is.partitions, partitions));
  }
  for (const std::string& setting :
       kafka::WrongSettings(topic.topic, is.replication, config)) {
    wrong.push_back(fmt::format("{}: {}", topic.name, setting));
  }
}

/// Somebody who waits for an answer is told whose.
absl::Status Explained(const absl::Status& status,
                       const KafkaLogOptions& options) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(
      fmt::format("Kafka at {} does not serve us: {}; the warnings may say why",
                  options.brokers, std::string(status.message())));
}

absl::StatusOr<Found> FindAll(Admin& admin,
                              const std::vector<NamedTopic>& topics) {
  absl::StatusOr<Found> found = admin.Find(NamesOf(topics));
  if (!found.ok()) return found.status();
  std::vector<std::string> missing;
  for (const NamedTopic& topic : topics) {
    if (!found->topics.contains(topic.name)) missing.push_back(topic.name);
  }
  if (missing.empty()) return found;
  return absl::NotFoundError(fmt::format(
      "Kafka has no topic {}: `slotlog topics create` makes what is missing",
      fmt::join(missing, ", ")));
}

absl::StatusOr<Found> AwaitAll(Admin& admin,
                               const std::vector<NamedTopic>& topics) {
  absl::StatusOr<Found> found = FindAll(admin, topics);
  for (int look = 1; look < kLooksMax && !found.ok() &&
                     (absl::IsNotFound(found.status()) ||
                      absl::IsUnavailable(found.status()));
       ++look) {
    absl::SleepFor(kBetweenLooks);
    found = FindAll(admin, topics);
  }
  return found;
}

int ReplicationOf(const Found& found) {
  int least = 0;
  for (const auto& [name, topic] : found.topics) {
    least = least == 0 ? topic.replication : std::min(least, topic.replication);
  }
  return least;
}

absl::StatusOr<KafkaLogIdentity> Check(const KafkaLogOptions& options) {
  absl::StatusOr<Client> client =
      kafka::NewReader(options, kafka::Isolation::kReadCommitted);
  if (!client.ok()) return client.status();
  Admin admin(client->get(), kafka::PatienceMs(options));
  const std::vector<NamedTopic> topics = NamedTopics(options);
  absl::StatusOr<Found> found = FindAll(admin, topics);
  if (!found.ok()) return found.status();
  absl::StatusOr<std::map<std::string, kafka::TopicConfig>> configs =
      admin.Describe(NamesOf(topics));
  if (!configs.ok()) return configs.status();
  absl::StatusOr<std::optional<KafkaLogIdentity>> read = ReadIdentity(options);
  if (!read.ok()) return read.status();
  if (!read->has_value()) {
    return absl::NotFoundError(fmt::format(
        "topic {} is empty: `slotlog topics create` was interrupted; run it "
        "again",
        kafka::IdTopicName(options)));
  }
  KafkaLogIdentity identity = **std::move(read);
  std::vector<std::string> wrong;
  for (const NamedTopic& topic : topics) {
    AddWrong(topic, *found, identity.shards, (*configs)[topic.name], wrong);
  }
  if (!wrong.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("the topics are not what the log rests on: {}",
                    fmt::join(wrong, "; ")));
  }
  identity.replication = ReplicationOf(*found);
  return identity;
}

absl::StatusOr<KafkaLogIdentity> Create(const KafkaLogOptions& options,
                                        const NewKafkaTopics& wanted) {
  if (wanted.shards.value == 0) {
    return absl::InvalidArgumentError("a log has at least one shard");
  }
  absl::StatusOr<Client> client =
      kafka::NewReader(options, kafka::Isolation::kReadCommitted);
  if (!client.ok()) return client.status();
  Admin admin(client->get(), kafka::PatienceMs(options));
  const std::vector<NamedTopic> topics = NamedTopics(options);
  absl::StatusOr<Found> found = admin.Find(NamesOf(topics));
  if (!found.ok()) return found.status();
  const int replication = wanted.replication > 0
                              ? wanted.replication
                              : std::min(kReplicationWanted, found->brokers);
  const bool was_there = found->topics.contains(kafka::IdTopicName(options));
  std::vector<kafka::TopicToMake> missing;
  for (const NamedTopic& topic : topics) {
    if (found->topics.contains(topic.name)) continue;
    const int partitions =
        topic.topic.has_value() ? static_cast<int>(wanted.shards.value) : 1;
    missing.push_back({topic.name, partitions, replication,
                       kafka::ConfigOf(topic.topic, replication)});
  }
  if (absl::Status made = admin.Make(missing); !made.ok()) return made;
  found = AwaitAll(admin, topics);
  if (!found.ok()) return found.status();

  // A topic that was there may lack its record: whoever made it was killed.
  absl::StatusOr<std::optional<KafkaLogIdentity>> identity = std::nullopt;
  if (was_there) identity = ReadIdentity(options);
  if (!identity.ok()) return identity.status();
  if (!identity->has_value()) {
    absl::Status written = WriteIdentity(options, wanted.shards);
    if (!written.ok()) return written;
  }
  absl::StatusOr<KafkaLogIdentity> checked = Check(options);
  if (checked.ok() && checked->shards != wanted.shards) {
    return absl::FailedPreconditionError(fmt::format(
        "the log with the prefix {} was made with {} shards, not "
        "{}: choose another prefix",
        options.prefix, checked->shards.value, wanted.shards.value));
  }
  return checked;
}

}  // namespace

absl::StatusOr<KafkaLogIdentity> CreateKafkaTopics(
    const KafkaLogOptions& options, const NewKafkaTopics& wanted) {
  absl::StatusOr<KafkaLogIdentity> created = Create(options, wanted);
  if (!created.ok()) return Explained(created.status(), options);
  return created;
}

absl::StatusOr<KafkaLogIdentity> CheckKafkaTopics(
    const KafkaLogOptions& options) {
  absl::StatusOr<KafkaLogIdentity> checked = Check(options);
  if (!checked.ok()) return Explained(checked.status(), options);
  return checked;
}

}  // namespace slotlog
