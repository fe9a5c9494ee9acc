#include "events/log/kafka/kafka_log.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "events/log/kafka/appender.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_consumer.h"
#include "events/log/kafka/partition_range.h"
#include "events/log/kafka/producer_relay.h"
#include "events/log/kafka/settings.h"
#include "events/log/kafka/topics.h"

namespace slotlog {
namespace {

absl::Status CheckPartition(TopicPartition partition, ShardCount shards) {
  if (partition.shard.value < shards.value) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("there is no {}: the log has {} shards",
                  DebugString(partition), shards.value));
}

absl::Status CheckRecords(absl::Span<const NewRecord> records,
                          ShardCount shards) {
  for (const NewRecord& record : records) {
    if (absl::Status there = CheckPartition(record.to, shards); !there.ok()) {
      return there;
    }
    const size_t bytes = record.key.size() + record.value.size();
    if (bytes > kafka::kLogRecordBytesMax) {
      return absl::InvalidArgumentError(fmt::format(
          "a record of {} bytes for {} is beyond the log's bound of {}", bytes,
          DebugString(record.to), kafka::kLogRecordBytesMax));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckId(std::string_view transactional_id) {
  if (!transactional_id.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("a transactional id may not be empty");
}

/// Looks at the records before librdkafka does.
class CheckedProducer : public TransactionalProducer {
 public:
  CheckedProducer(std::unique_ptr<TransactionalProducer> producer,
                  ShardCount shards)
      : producer_(std::move(producer)), shards_(shards) {}

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override {
    absl::Status checked = CheckRecords(records, shards_);
    if (!checked.ok()) return checked;
    return producer_->Commit(records);
  }

 private:
  const std::unique_ptr<TransactionalProducer> producer_;
  const ShardCount shards_;
};

/// Producers that are connected and not opened, by their ids.
class PreparedProducers {
 public:
  bool Has(std::string_view id) const {
    const absl::MutexLock lock(&mutex_);
    return producers_.contains(id);
  }

  /// Unless somebody else has made one ready meanwhile.
  void Keep(std::string_view id,
            std::unique_ptr<kafka::ProducerRelay> producer) {
    const absl::MutexLock lock(&mutex_);
    producers_.try_emplace(std::string(id), std::move(producer));
  }

  /// Null: there is none.
  std::unique_ptr<kafka::ProducerRelay> Take(std::string_view id) {
    const absl::MutexLock lock(&mutex_);
    const auto kept = producers_.find(id);
    if (kept == producers_.end()) return nullptr;
    auto producer = std::move(kept->second);
    producers_.erase(kept);
    return producer;
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<kafka::ProducerRelay>, std::less<>>
      producers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

struct KafkaLog::Parts {
  KafkaLogOptions options;
  KafkaLogIdentity identity;
  kafka::Client committed;
  kafka::Client uncommitted;
  kafka::Appender appender;
  PreparedProducers prepared = {};
};

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(
    const KafkaLogOptions& options) {
  absl::StatusOr<KafkaLogIdentity> identity = CheckKafkaTopics(options);
  if (!identity.ok()) return identity.status();
  absl::StatusOr<kafka::Client> committed =
      kafka::NewReader(options, kafka::Isolation::kReadCommitted);
  if (!committed.ok()) return committed.status();
  absl::StatusOr<kafka::Client> uncommitted =
      kafka::NewReader(options, kafka::Isolation::kReadUncommitted);
  if (!uncommitted.ok()) return uncommitted.status();
  return std::unique_ptr<KafkaLog>(new KafkaLog(std::unique_ptr<Parts>(
      new Parts{options, *std::move(identity), *std::move(committed),
                *std::move(uncommitted), kafka::Appender(options)})));
}

KafkaLog::KafkaLog(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

KafkaLog::~KafkaLog() = default;

std::string KafkaLog::Id() const { return parts_->identity.id; }

ShardCount KafkaLog::Shards() const { return parts_->identity.shards; }

absl::StatusOr<std::vector<Offset>> KafkaLog::Append(
    absl::Span<const NewRecord> records) {
  absl::Status checked = CheckRecords(records, Shards());
  if (!checked.ok()) return checked;
  return parts_->appender.Append(records);
}

absl::StatusOr<std::unique_ptr<TransactionalProducer>> KafkaLog::OpenProducer(
    std::string_view transactional_id, std::stop_token stop) {
  if (auto checked = CheckId(transactional_id); !checked.ok()) return checked;
  std::unique_ptr<kafka::ProducerRelay> producer;
  if (!stop.stop_requested()) {
    producer = parts_->prepared.Take(transactional_id);
  }
  if (producer == nullptr) {
    producer = std::make_unique<kafka::ProducerRelay>(parts_->options,
                                                      transactional_id);
  }
  if (auto opened = producer->Open(stop); !opened.ok()) return opened;
  return std::make_unique<CheckedProducer>(std::move(producer), Shards());
}

absl::Status KafkaLog::PrepareProducer(std::string_view transactional_id) {
  if (auto checked = CheckId(transactional_id); !checked.ok()) return checked;
  if (parts_->prepared.Has(transactional_id)) return absl::OkStatus();
  auto producer =
      std::make_unique<kafka::ProducerRelay>(parts_->options, transactional_id);
  if (auto made = producer->Connect(); !made.ok()) return made;
  parts_->prepared.Keep(transactional_id, std::move(producer));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Consumer>> KafkaLog::OpenConsumer(
    absl::Span<const Position> from) {
  std::vector<TopicPartition> partitions;
  for (const Position& at : from) {
    absl::Status partition = CheckPartition(at.partition, Shards());
    if (!partition.ok()) return partition;
    partitions.push_back(at.partition);
  }
  // Positions may lie beyond the stable offset: up to the true end.
  absl::StatusOr<std::vector<kafka::Range>> ranges = kafka::QueryRanges(
      parts_->uncommitted.get(), parts_->options, partitions);
  if (!ranges.ok()) return ranges.status();
  for (size_t i = 0; i < from.size(); ++i) {
    const auto& [low, high] = (*ranges)[i];
    if (from[i].offset < low || from[i].offset > high) {
      return absl::OutOfRangeError(
          fmt::format("{}: can't read from offset {}: the log holds [{}, {})",
                      DebugString(from[i].partition), from[i].offset.value,
                      low.value, high.value));
    }
  }
  return kafka::KafkaConsumer::Open(parts_->options, from);
}

absl::StatusOr<Watermarks> KafkaLog::WatermarksOf(
    TopicPartition partition) const {
  absl::Status checked = CheckPartition(partition, Shards());
  if (!checked.ok()) return checked;
  // In this order: what is stable is never told to be beyond the end.
  auto stable =
      kafka::QueryRanges(parts_->committed.get(), parts_->options, {partition});
  if (!stable.ok()) return stable.status();
  auto all = kafka::QueryRanges(parts_->uncommitted.get(), parts_->options,
                                {partition});
  if (!all.ok()) return all.status();
  return Watermarks{.low = all->front().low,
                    .last_stable = stable->front().high,
                    .high = all->front().high};
}

}  // namespace slotlog
