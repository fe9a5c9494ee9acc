#include "tests/conformance/log_conformance.h"

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <thread>
#include <utility>

#include "events/invariant.h"

namespace slotlog {
namespace {

// More than any log takes for anything here.
constexpr absl::Duration kPatience = absl::Seconds(30);
// A wait that ends by its timeout only shows as a hang.
constexpr absl::Duration kTooLong = absl::Seconds(60);
constexpr absl::Duration kStep = absl::Milliseconds(100);

constexpr size_t kRecordsMax = 1000;
constexpr size_t kBytesMax = size_t{8} << 20;

// The suite can't go on without the value.
template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  INVARIANT(result.ok(), result.status().ToString().c_str());
  return *std::move(result);
}

}  // namespace

void LogConformance::SetUp() {
  open_ = GetParam().new_log();
  log_ = ValueOrDie(open_());
}

void LogConformance::Reopen() {
  log_.reset();
  log_ = ValueOrDie(open_());
}

std::vector<Offset> LogConformance::Append(std::vector<NewRecord> records) {
  return ValueOrDie(log_->Append(records));
}

std::vector<Offset> LogConformance::AppendTo(
    TopicPartition to, std::vector<std::string_view> values) {
  std::vector<NewRecord> records;
  for (const std::string_view value : values) {
    records.push_back({.to = to, .key = "key", .value = value});
  }
  return Append(std::move(records));
}

std::unique_ptr<TransactionalProducer> LogConformance::OpenProducer(
    std::string_view id) {
  return ValueOrDie(log_->OpenProducer(id, {}));
}

CommitOutcome LogConformance::Commit(TransactionalProducer& producer,
                                     std::vector<NewRecord> records) {
  return ValueOrDie(producer.Commit(records));
}

std::unique_ptr<Consumer> LogConformance::Consume(std::vector<Position> from) {
  return ValueOrDie(log_->OpenConsumer(from));
}

std::unique_ptr<Consumer> LogConformance::ConsumeAll(
    std::vector<TopicPartition> partitions) {
  std::vector<Position> from;
  for (const TopicPartition partition : partitions) {
    from.push_back({partition, WatermarksOf(partition).low});
  }
  return Consume(std::move(from));
}

Watermarks LogConformance::WatermarksOf(TopicPartition partition) {
  return ValueOrDie(log_->WatermarksOf(partition));
}

RecordBatch LogConformance::Fetch(Consumer& consumer, TopicPartition partition,
                                  size_t records_max, size_t bytes_max) {
  return ValueOrDie(consumer.Fetch(partition, records_max, bytes_max));
}

RecordBatch LogConformance::FetchSome(Consumer& consumer,
                                      TopicPartition partition,
                                      size_t records_max, size_t bytes_max) {
  const absl::Time deadline = absl::Now() + kPatience;
  RecordBatch batch = Fetch(consumer, partition, records_max, bytes_max);
  while (batch.records.empty()) {
    INVARIANT(absl::Now() < deadline, "a record that was written is read");
    consumer.AwaitRecords(kStep);
    batch = Fetch(consumer, partition, records_max, bytes_max);
  }
  return batch;
}

std::vector<ReadRecord> LogConformance::ReadTo(Consumer& consumer,
                                               TopicPartition partition,
                                               Offset end) {
  const absl::Time deadline = absl::Now() + kPatience;
  std::vector<ReadRecord> records;
  while (consumer.Position(partition) < end) {
    INVARIANT(absl::Now() < deadline, "the position reaches the end");
    const RecordBatch batch =
        Fetch(consumer, partition, kRecordsMax, kBytesMax);
    for (const Record& record : batch.records) {
      records.push_back({record.offset, record.timestamp,
                         std::string(record.key), std::string(record.value),
                         std::string(record.traceparent)});
    }
    if (batch.records.empty()) consumer.AwaitRecords(kStep);
  }
  return records;
}

std::vector<ReadRecord> LogConformance::ReadRest(Consumer& consumer,
                                                 TopicPartition partition) {
  return ReadTo(consumer, partition, WatermarksOf(partition).high);
}

std::vector<ReadRecord> LogConformance::ReadAll(TopicPartition partition) {
  return ReadRest(*ConsumeAll({partition}), partition);
}

std::vector<std::string> LogConformance::ValuesOf(TopicPartition partition) {
  std::vector<std::string> values;
  for (ReadRecord& record : ReadAll(partition)) {
    values.push_back(std::move(record.value));
  }
  return values;
}

void LogConformance::ExpectAwaitToEnd(Consumer& consumer) {
  const absl::Time start = absl::Now();
  consumer.AwaitRecords(kTooLong);
  EXPECT_LT(absl::Now() - start, kPatience);
}

void LogConformance::ExpectToWake(TopicPartition partition,
                                  const std::function<void()>& write) {
  const std::unique_ptr<Consumer> consumer = ConsumeAll({partition});
  absl::Notification waits;
  std::thread reader([&] {
    while (Fetch(*consumer, partition, 1, 1).records.empty()) {
      if (!waits.HasBeenNotified()) waits.Notify();
      ExpectAwaitToEnd(*consumer);
    }
  });
  waits.WaitForNotification();
  write();
  reader.join();
}

}  // namespace slotlog
