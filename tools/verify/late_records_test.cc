// What Kafka may make of a history that is right: markers that come late, so
// that some of a transaction's records are read before the others, and records
// that retention has removed.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/log/passing_log.h"
#include "tools/verify/handmade_history.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

/// Whoever waits for records waits until the markers are there.
class AwaitingConsumer : public Consumer {
 public:
  AwaitingConsumer(std::unique_ptr<Consumer> consumer, MemoryLog& log)
      : consumer_(std::move(consumer)), log_(log) {}

  absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                    size_t records_max,
                                    size_t bytes_max) override {
    return consumer_->Fetch(partition, records_max, bytes_max);
  }
  Offset Position(TopicPartition partition) const override {
    return consumer_->Position(partition);
  }
  void AwaitRecords(absl::Duration) override { log_.WriteLateMarkers(); }

 private:
  const std::unique_ptr<Consumer> consumer_;
  MemoryLog& log_;
};

class LateLog : public PassingLog {
 public:
  explicit LateLog(MemoryLog& log) : PassingLog(log), log_(log) {}

  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override {
    auto consumer = PassingLog::OpenConsumer(from);
    if (!consumer.ok()) return consumer.status();
    return std::make_unique<AwaitingConsumer>(*std::move(consumer), log_);
  }

 private:
  MemoryLog& log_;
};

TEST(LateRecordsTest, MarkersThatComeLateAreAwaited) {
  for (const Topic topic : {Topic::kInternal, Topic::kEvents,
                            Topic::kConfirmations, Topic::kDeadLetters}) {
    for (Shard shard{0}; shard.value < HandmadeHistory::kShards; ++shard) {
      SCOPED_TRACE(DebugString(TopicPartition{topic, shard}));
      HandmadeHistory history;
      // More than there are.
      for (int i = 0; i < 20; ++i) {
        history.log().FailNextCommit(
            "by hand", MemoryLog::CommitFault::kMarkersLate, {{topic, shard}});
      }
      WriteSmallDay(history);
      LateLog log(history.log());
      const VerifyReport report = VerifyLog(log);
      EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
      EXPECT_EQ(report.totals.commands, 8);
      EXPECT_EQ(report.in_flight.messages, 0);
    }
  }
}

TEST(LateRecordsTest, RetentionMayEndAnywhere) {
  for (const Topic topic :
       {Topic::kCommands, Topic::kOperations, Topic::kInternal,
        Topic::kConfirmations, Topic::kDeadLetters}) {
    for (Shard shard{0}; shard.value < HandmadeHistory::kShards; ++shard) {
      const TopicPartition partition{topic, shard};
      for (Offset low{1};; ++low.value) {
        HandmadeHistory history;
        WriteSmallDay(history);
        if (low > history.log().WatermarksOf(partition)->high) break;
        history.log().DropHead(partition, low);
        EXPECT_EQ(OffencesOf(VerifyLog(history.log())),
                  std::vector<std::string>{})
            << DebugString(partition) << " from " << low.value;
      }
    }
  }
}

}  // namespace
}  // namespace slotlog::verify
