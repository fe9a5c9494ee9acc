#include "tests/simulation/connection.h"

#include <utility>

namespace slotlog {

class Connection::Producer final : public TransactionalProducer {
 public:
  Producer(Connection& connection,
           std::unique_ptr<TransactionalProducer> producer)
      : connection_(connection), producer_(std::move(producer)) {}

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override {
    if (auto interrupt = std::exchange(connection_.interrupt_, nullptr)) {
      interrupt();
    }
    return connection_.process_.Call(
        [&] { return connection_.old_answers_.Commit(*producer_, records); });
  }

 private:
  Connection& connection_;
  const std::unique_ptr<TransactionalProducer> producer_;
};

class Connection::Reader final : public Consumer {
 public:
  Reader(Connection& connection, std::unique_ptr<Consumer> consumer)
      : connection_(connection), consumer_(std::move(consumer)) {}

  absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                    size_t records_max,
                                    size_t bytes_max) override {
    auto batch = connection_.process_.Look(
        [&] { return consumer_->Fetch(partition, records_max, bytes_max); });
    if (batch.ok() && connection_.deadly_records_.Strike(partition, *batch)) {
      connection_.process_.DieAt(1, Process::Death::kBeforeCall);
    }
    return batch;
  }
  Offset Position(TopicPartition partition) const override {
    return consumer_->Position(partition);
  }
  /// Whoever waits, waits for markers: they come while he does.
  void AwaitRecords(absl::Duration timeout) override {
    connection_.clock_.now += timeout;
    connection_.log_.WriteLateMarkers();
  }

 private:
  Connection& connection_;
  const std::unique_ptr<Consumer> consumer_;
};

absl::StatusOr<std::vector<Offset>> Connection::Append(
    absl::Span<const NewRecord> records) {
  return process_.Call([&] { return log_.Append(records); });
}

absl::StatusOr<std::unique_ptr<TransactionalProducer>> Connection::OpenProducer(
    std::string_view transactional_id, std::stop_token stop) {
  return process_.Call(
      [&]() -> absl::StatusOr<std::unique_ptr<TransactionalProducer>> {
        auto producer = log_.OpenProducer(transactional_id, stop);
        if (!producer.ok()) return producer.status();
        has_opened_producer_ = true;
        return std::make_unique<Producer>(*this, *std::move(producer));
      });
}

absl::StatusOr<std::unique_ptr<Consumer>> Connection::OpenConsumer(
    absl::Span<const Position> from) {
  return process_.Look([&]() -> absl::StatusOr<std::unique_ptr<Consumer>> {
    auto consumer = log_.OpenConsumer(from);
    if (!consumer.ok()) return consumer.status();
    return std::make_unique<Reader>(*this, *std::move(consumer));
  });
}

absl::StatusOr<Watermarks> Connection::WatermarksOf(
    TopicPartition partition) const {
  return process_.Look([&] { return log_.WatermarksOf(partition); });
}

}  // namespace slotlog
