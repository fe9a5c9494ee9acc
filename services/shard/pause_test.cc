// A worker that is to pause: when it says that it does.

#include <absl/synchronization/blocking_counter.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/log/passing_log.h"
#include "services/shard/worker.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

namespace fs = std::filesystem;

constexpr ShardCount kShards{2};
constexpr absl::Duration kPatience = absl::Seconds(15);

/// A log whose commits begin, and last until they may end.
class SlowLog : public PassingLog {
 public:
  using PassingLog::PassingLog;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override {
    return std::make_unique<Producer>(
        *this, *PassingLog::OpenProducer(transactional_id, std::move(stop)));
  }

  /// By each shard's first commit.
  absl::BlockingCounter begun{kShards.value};
  absl::Notification may_end;

 private:
  struct Producer : TransactionalProducer {
    Producer(SlowLog& log, std::unique_ptr<TransactionalProducer> real)
        : log(log), real(std::move(real)) {}
    absl::StatusOr<CommitOutcome> Commit(
        absl::Span<const NewRecord> records) override {
      if (!std::exchange(has_begun, true)) log.begun.DecrementCount();
      log.may_end.WaitForNotification();
      return real->Commit(records);
    }

    SlowLog& log;
    const std::unique_ptr<TransactionalProducer> real;
    bool has_begun = false;
  };
};

class PauseTest : public testing::Test {
 protected:
  PauseTest() {
    fs::remove_all(directory_);
    worker_ = *Worker::Start(slow_, {.directory = directory_,
                                     .memory_bytes = size_t{64} << 20,
                                     .clock = absl::Now});
  }
  ~PauseTest() override {
    if (!slow_.may_end.HasBeenNotified()) slow_.may_end.Notify();
  }

  void PublishToAll() {
    v1::Operation operation;
    operation.set_operation_id("op");
    operation.mutable_define_site()->set_site_id("s");
    for (const Shard shard : all_) {
      ASSERT_TRUE(
          log_.Append({{{{Topic::kOperations, shard}, "", Encode(operation)}}})
              .ok());
    }
  }
  size_t Answers(Shard shard) {
    const TopicPartition answers{Topic::kConfirmations, shard};
    auto consumer = *log_.OpenConsumer({{{answers, Offset{0}}}});
    return consumer->Fetch(answers, 100, 1 << 20)->records.size();
  }

  const fs::path directory_ = fs::path(testing::TempDir()) / "paused";
  const std::vector<Shard> all_ = {Shard{0}, Shard{1}};
  MemoryLog log_{kShards, absl::Now};
  SlowLog slow_{log_};
  std::unique_ptr<Worker> worker_;
};

TEST_F(PauseTest, WaitsForTheBatchesAndNoOtherBegins) {
  PublishToAll();
  slow_.begun.Wait();
  std::thread ender([this] {
    absl::SleepFor(absl::Milliseconds(50));
    slow_.may_end.Notify();
  });
  worker_->Pause(all_, absl::Now() + kPatience);
  for (const Shard shard : all_) EXPECT_EQ(Answers(shard), 1u);
  PublishToAll();
  absl::SleepFor(absl::Milliseconds(200));
  for (const Shard shard : all_) EXPECT_EQ(Answers(shard), 1u);
  ender.join();
}

TEST_F(PauseTest, WaitsForSlowBatchesTogetherAndNotForEver) {
  PublishToAll();
  slow_.begun.Wait();
  constexpr absl::Duration kWait = absl::Seconds(1);
  const absl::Time before = absl::Now();
  worker_->Pause(all_, before + kWait);
  EXPECT_GE(absl::Now() - before, kWait);
  EXPECT_LT(absl::Now() - before, 2 * kWait);
}

}  // namespace
}  // namespace slotlog
