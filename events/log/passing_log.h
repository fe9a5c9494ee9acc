// A log that is as another one is: tests override what they want otherwise.
// It is for tests alone, and stands here because those of every room have one.
//
// Threads: as the other log.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/log.h"

namespace slotlog {

class PassingLog : public Log {
 public:
  /// `log` outlives this.
  explicit PassingLog(Log& log) : log_(log) {}

  std::string Id() const override { return log_.Id(); }
  ShardCount Shards() const override { return log_.Shards(); }
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override {
    return log_.Append(records);
  }
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override {
    return log_.OpenProducer(transactional_id, std::move(stop));
  }
  absl::Status PrepareProducer(std::string_view transactional_id) override {
    return log_.PrepareProducer(transactional_id);
  }
  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override {
    return log_.OpenConsumer(from);
  }
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override {
    return log_.WatermarksOf(partition);
  }

 private:
  Log& log_;
};

}  // namespace slotlog
