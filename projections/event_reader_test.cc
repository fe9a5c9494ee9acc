#include "projections/event_reader.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "events/log/passing_log.h"
#include "tests/support/event_history.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};
constexpr char kOneSite[] = "events { site_defined { operation_id: 'o' } }";
constexpr absl::Duration kLate = absl::Milliseconds(200);

/// A log that gives the second shard's records late, as one does whose first
/// answer is on its way.
class LateLog : public PassingLog {
 public:
  using PassingLog::PassingLog;

  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override {
    auto consumer = PassingLog::OpenConsumer(from);
    if (!consumer.ok()) return consumer.status();
    return std::make_unique<LateConsumer>(*std::move(consumer));
  }

 private:
  class LateConsumer : public Consumer {
   public:
    explicit LateConsumer(std::unique_ptr<Consumer> consumer)
        : consumer_(std::move(consumer)) {}

    absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                      size_t records_max,
                                      size_t bytes_max) override {
      if (partition.shard == Shard{1} && absl::Now() < gives_from_) {
        return RecordBatch();
      }
      return consumer_->Fetch(partition, records_max, bytes_max);
    }
    Offset Position(TopicPartition partition) const override {
      return consumer_->Position(partition);
    }
    void AwaitRecords(absl::Duration timeout) override {
      consumer_->AwaitRecords(timeout);
    }

   private:
    const std::unique_ptr<Consumer> consumer_;
    const absl::Time gives_from_ = absl::Now() + kLate;
  };
};

TEST(EventReaderTest, WaitsForALateShardThoughAnotherHasRecords) {
  EventHistory history(kShards);
  MemoryLog log(kShards, [&] { return history.now; });
  for (const Shard shard : {Shard{0}, Shard{1}}) {
    history.Write(log, shard, kOneSite);
  }
  const std::vector<FoldedTo> folded{history.folded(Shard{0}),
                                     history.folded(Shard{1})};
  for (int i = 0; i < 10; ++i) history.Write(log, Shard{0}, kOneSite);

  LateLog late(log);
  auto reader = EventReader::Open(late, folded);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const absl::Status verified = (*reader)->AwaitVerified();
  EXPECT_TRUE(verified.ok()) << verified;
}

}  // namespace
}  // namespace slotlog
