// A shard's thread: when its disk is full, paused, and when it loses its shard.

#include "services/shard/shard_thread.h"

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stop_token>
#include <utility>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/log/passing_log.h"
#include "events/store/rocksdb/rocksdb_store.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/fault_file_system.h"

namespace slotlog {
namespace {

namespace fs = std::filesystem;

constexpr Shard kShard{0};
constexpr TopicPartition kConfirmations{Topic::kConfirmations, kShard};
constexpr absl::Duration kPatience = absl::Seconds(15);
constexpr absl::Duration kLook = absl::Milliseconds(5);

class ShardThreadTest : public testing::Test {
 protected:
  ShardThreadTest() : log_(ShardCount{1}, absl::Now) {
    fs::remove_all(directory_);
    options_.checkpoint_interval = absl::ZeroDuration();
    options_.clock = absl::Now;
    options_.executor = [](const std::function<void()>& work) { work(); };
  }

  std::unique_ptr<ShardThread> Start() {
    return std::make_unique<ShardThread>(log_, kShard, stores_, options_,
                                         Role::kOwner);
  }

  void Publish() {
    v1::Operation operation;
    operation.set_operation_id("op");
    operation.mutable_define_site()->set_site_id("s");
    ASSERT_TRUE(
        log_.Append({{{{Topic::kOperations, kShard}, "", Encode(operation)}}})
            .ok());
    ++published_;
  }

  template <typename Condition>
  bool Await(const Condition& condition) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(kLook);
    }
    return true;
  }

  bool AllIsAnswered() {
    return Await([this] {
      auto consumer = *log_.OpenConsumer({{{kConfirmations, Offset{0}}}});
      return consumer->Fetch(kConfirmations, 1'000, 1 << 20)->records.size() ==
             published_;
    });
  }

  void FillTheDisk() { files_.Arm({FaultFileSystem::Fault::kNoSpace, 1}); }
  void MakeRoom() { files_.Arm({}); }

  const fs::path directory_ = fs::path(testing::TempDir()) / "full";
  FaultFileSystem files_;
  MemoryLog log_;
  StoreFactory stores_ = {
      .open = [this](Shard) -> absl::StatusOr<std::unique_ptr<Store>> {
        auto store = RocksDbStore::Open(directory_, {.env = files_.Env()});
        if (!store.ok()) return store.status();
        return std::unique_ptr<Store>(*std::move(store));
      },
      .destroy = [this](Shard) { return RocksDbStore::Destroy(directory_); }};
  ShardOptions options_;
  size_t published_ = 0;
};

TEST_F(ShardThreadTest, GoesOnWhenThereIsRoomAgainForACheckpoint) {
  auto thread = Start();
  Publish();
  ASSERT_TRUE(AllIsAnswered());

  FillTheDisk();
  Publish();
  ASSERT_TRUE(Await([this] { return files_.HasStruck(); }));
  MakeRoom();
  Publish();
  EXPECT_TRUE(AllIsAnswered());
  EXPECT_TRUE(thread->Stop().ok());
}

TEST_F(ShardThreadTest, EndsOnAFullDiskWhereOthersCanHaveTheShard) {
  options_.survives_full_disk = false;
  auto thread = Start();
  Publish();
  ASSERT_TRUE(AllIsAnswered());

  FillTheDisk();
  Publish();
  EXPECT_TRUE(Await([&] { return !thread->Health().ok(); }));
  EXPECT_TRUE(absl::IsResourceExhausted(thread->Health())) << thread->Health();
}

TEST_F(ShardThreadTest, DecidesNothingWhilePausedAndGoesOnWithWhatItHas) {
  auto thread = Start();
  Publish();
  ASSERT_TRUE(AllIsAnswered());
  thread->SetRole(Role::kPaused);
  // It sleeps no longer than this for want of inputs.
  absl::SleepFor(absl::Milliseconds(200));
  Publish();
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(thread->Totals().answers.outcomes[v1::OUTCOME_DONE], 1u);
  thread->SetRole(Role::kOwner);
  EXPECT_TRUE(AllIsAnswered());
  EXPECT_EQ(thread->Progress().epoch, Epoch{1});
}

TEST_F(ShardThreadTest, RecoversWhenAnotherOwnedTheShardWhileItPaused) {
  auto thread = Start();
  Publish();
  ASSERT_TRUE(AllIsAnswered());
  thread->SetRole(Role::kPaused);
  auto fences = log_.OpenProducer("slotlog-0", {});
  ASSERT_TRUE(fences.ok());
  thread->SetRole(Role::kOwner);
  Publish();
  EXPECT_TRUE(AllIsAnswered());
  EXPECT_TRUE(Await([&] { return thread->Progress().epoch == Epoch{2}; }));
}

TEST_F(ShardThreadTest, CountsWhatItDecided) {
  auto thread = Start();
  for (int i = 0; i < 3; ++i) {
    Publish();
    ASSERT_TRUE(AllIsAnswered());
  }
  // It counts behind the commit that made the answers readable.
  EXPECT_TRUE(Await([&] {
    return thread->Totals().answers.outcomes[v1::OUTCOME_DONE] == 3;
  }));
  const ShardTotals totals = thread->Totals();
  uint64_t batches = 0;
  for (uint64_t count : totals.batches.counts()) batches += count;
  EXPECT_EQ(batches, 3u);
  EXPECT_GT(totals.batches.seconds(), 0);
}

/// A log whose coordinator never answers whoever opens a producer.
class UnansweredLog : public PassingLog {
 public:
  using PassingLog::PassingLog;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view /*transactional_id*/, std::stop_token stop) override {
    asked.Notify();
    absl::Notification stopped;
    std::stop_callback wakes(stop, [&] { stopped.Notify(); });
    if (stopped.WaitForNotificationWithTimeout(kPatience)) {
      return absl::CancelledError("nobody wants it");
    }
    return absl::UnavailableError("no answer");
  }

  absl::Notification asked;
};

TEST_F(ShardThreadTest, DoesNotOpenAProducerOfAShardThatItHasLost) {
  UnansweredLog log(log_);
  ShardThread thread(log, kShard, stores_, options_, Role::kOwner);
  log.asked.WaitForNotification();
  thread.SetRole(Role::kNone);
  EXPECT_TRUE(thread.AwaitRecovery().ok()) << thread.Health();
  EXPECT_TRUE(thread.Stop().ok());
}

/// A log that is told to make producers ready, and may not be able to.
class PreparingLog : public PassingLog {
 public:
  PreparingLog(Log& log, absl::Status answer)
      : PassingLog(log), answer_(std::move(answer)) {}
  absl::Status PrepareProducer(std::string_view transactional_id) override {
    id = transactional_id;
    asked.Notify();  // dies if it is asked again
    return answer_;
  }

  std::string id;
  absl::Notification asked;

 private:
  const absl::Status answer_;
};

TEST_F(ShardThreadTest, StandbyHasItsProducerMadeReadyOnce) {
  PreparingLog log(log_, absl::OkStatus());
  ShardThread thread(log, kShard, stores_, options_, Role::kStandby);
  ASSERT_TRUE(log.asked.WaitForNotificationWithTimeout(kPatience));
  EXPECT_EQ(log.id, "slotlog-0");
  thread.SetRole(Role::kOwner);
  Publish();
  EXPECT_TRUE(AllIsAnswered());
  EXPECT_TRUE(thread.Stop().ok());
}

TEST_F(ShardThreadTest, StandbyTakesOverThoughNoProducerCouldBeMadeReady) {
  PreparingLog log(log_, absl::InvalidArgumentError("no more clients"));
  ShardThread thread(log, kShard, stores_, options_, Role::kStandby);
  ASSERT_TRUE(log.asked.WaitForNotificationWithTimeout(kPatience));
  EXPECT_TRUE(Await([&] { return thread.Progress().role == Role::kStandby; }));
  thread.SetRole(Role::kOwner);
  Publish();
  EXPECT_TRUE(AllIsAnswered());
  EXPECT_TRUE(thread.Stop().ok());
}

}  // namespace
}  // namespace slotlog
