// A log whose disk is full for commands, on demand. Of each append that it
// refuses, every third record stands in the log all the same, as log.h allows.
// For tests; thread-safe.

#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "events/log/log.h"

namespace slotlog {

class FullDiskLog : public Log {
 public:
  /// `log` is whatever has room, and must outlive this.
  explicit FullDiskLog(Log& log) : log_(log) {}

  /// So many appends of commands are refused from now on.
  void Refuse(int appends) { refusals_left_ = appends; }

  std::string Id() const override { return log_.Id(); }
  ShardCount Shards() const override { return log_.Shards(); }
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override {
    if (records.front().to.topic != Topic::kCommands || refusals_left_ <= 0) {
      return log_.Append(records);
    }
    --refusals_left_;
    for (size_t index = 0; index < records.size(); index += 3) {
      auto written = log_.Append(records.subspan(index, 1));
      if (!written.ok()) return written;
    }
    return absl::ResourceExhaustedError("the disk is full");
  }
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id) override {
    return log_.OpenProducer(transactional_id);
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
  std::atomic<int> refusals_left_ = 0;
};

}  // namespace slotlog
