#include "services/gateway/appender.h"

#include <absl/synchronization/blocking_counter.h>
#include <absl/synchronization/notification.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "events/log/passing_log.h"

namespace slotlog {
namespace {

constexpr TopicPartition kCommands{Topic::kCommands, Shard{0}};

/// Holds every append back until it is let go, and counts them.
class GatedLog final : public PassingLog {
 public:
  using PassingLog::PassingLog;

  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override {
    {
      const absl::MutexLock lock(&mutex_);
      sizes_.push_back(records.size());
      mutex_.Await(absl::Condition(&is_open_));
    }
    return PassingLog::Append(records);
  }

  void AwaitAppends(size_t count) {
    const absl::MutexLock lock(&mutex_);
    const auto arrived = [&] { return sizes_.size() >= count; };
    mutex_.Await(absl::Condition(&arrived));
  }
  void Open() {
    const absl::MutexLock lock(&mutex_);
    is_open_ = true;
  }
  std::vector<size_t> sizes() const {
    const absl::MutexLock lock(&mutex_);
    return sizes_;
  }

 private:
  mutable absl::Mutex mutex_;
  bool is_open_ = false;
  std::vector<size_t> sizes_;
};

class AppenderTest : public testing::Test {
 protected:
  MemoryLog memory_{ShardCount{2}, [] { return absl::UnixEpoch(); }};
  GatedLog log_{memory_};
};

TEST_F(AppenderTest, SaysTheOffsetWhenItIsDurable) {
  log_.Open();
  Appender appender(log_, {});
  for (int64_t i = 0; i < 3; ++i) {
    absl::Notification done;
    ASSERT_TRUE(appender
                    .Append(kCommands, "c1", "value",
                            [&](absl::StatusOr<Offset> offset) {
                              EXPECT_TRUE(offset.ok());
                              EXPECT_EQ(offset->value, i);
                              EXPECT_EQ(
                                  memory_.WatermarksOf(kCommands)->high.value,
                                  i + 1);
                              done.Notify();
                            })
                    .ok());
    done.WaitForNotification();
  }
  EXPECT_EQ(appender.figures().appended_records, 3u);
}

TEST_F(AppenderTest, WhatComesDuringAnAppendGoesTogether) {
  Appender appender(log_, {.batch_records_max = 100});
  absl::BlockingCounter done(251);
  const auto append = [&] {
    ASSERT_TRUE(
        appender
            .Append(kCommands, "c1", "value",
                    [&](absl::StatusOr<Offset>) { done.DecrementCount(); })
            .ok());
  };
  append();
  log_.AwaitAppends(1);
  for (int i = 0; i < 250; ++i) append();
  log_.Open();
  done.Wait();
  EXPECT_EQ(log_.sizes(), (std::vector<size_t>{1, 100, 100, 50}));
}

TEST_F(AppenderTest, ABatchIsBoundedInBytesButTakesOneHoweverLarge) {
  Appender appender(log_, {.batch_bytes_max = 10});
  absl::BlockingCounter done(4);
  const auto append = [&](const std::string& value) {
    ASSERT_TRUE(
        appender
            .Append(kCommands, "", value,
                    [&](absl::StatusOr<Offset>) { done.DecrementCount(); })
            .ok());
  };
  append("first");
  log_.AwaitAppends(1);
  append("12345");
  append("67890");
  append(std::string(1000, 'x'));
  log_.Open();
  done.Wait();
  EXPECT_EQ(log_.sizes(), (std::vector<size_t>{1, 2, 1}));
}

TEST_F(AppenderTest, TakesNoMoreThanItsLimits) {
  Appender appender(log_, {.pending_records_max = 3, .pending_bytes_max = 100});
  absl::BlockingCounter done(4);
  const auto append = [&](size_t bytes) {
    return appender.Append(
        kCommands, "", std::string(bytes, 'x'),
        [&](absl::StatusOr<Offset>) { done.DecrementCount(); });
  };
  EXPECT_TRUE(append(60).ok());
  EXPECT_EQ(append(41).code(), absl::StatusCode::kUnavailable) << "bytes";
  EXPECT_TRUE(append(10).ok());
  EXPECT_TRUE(append(10).ok());
  EXPECT_EQ(append(1).code(), absl::StatusCode::kUnavailable) << "records";
  EXPECT_EQ(appender.figures().refused_records, 2u);
  EXPECT_EQ(appender.figures().pending_bytes, 80u);
  log_.Open();
  // What is durable makes room.
  while (!append(1).ok()) std::this_thread::yield();
  done.Wait();
}

TEST_F(AppenderTest, AnErrorOfTheLogIsToldToAllOfItsBatch) {
  memory_.FailNextAppend(absl::ResourceExhaustedError("the disk is full"));
  log_.Open();
  Appender appender(log_, {});
  absl::Notification failed;
  ASSERT_TRUE(appender
                  .Append(kCommands, "", "value",
                          [&](absl::StatusOr<Offset> offset) {
                            EXPECT_EQ(offset.status().code(),
                                      absl::StatusCode::kResourceExhausted);
                            failed.Notify();
                          })
                  .ok());
  failed.WaitForNotification();
  EXPECT_EQ(appender.figures().failed_appends, 1u);
  EXPECT_EQ(appender.figures().pending_records, 0u);

  absl::Notification done;
  ASSERT_TRUE(appender
                  .Append(kCommands, "", "value",
                          [&](absl::StatusOr<Offset> offset) {
                            EXPECT_TRUE(offset.ok()) << "it goes on";
                            done.Notify();
                          })
                  .ok());
  done.WaitForNotification();
}

TEST_F(AppenderTest, WhatWasTakenIsAppendedBeforeItEnds) {
  int durable = 0;
  {
    Appender appender(log_, {.batch_records_max = 7});
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(appender
                      .Append(kCommands, "", "value",
                              [&](absl::StatusOr<Offset> offset) {
                                if (offset.ok()) ++durable;
                              })
                      .ok());
    }
    log_.Open();
  }
  EXPECT_EQ(durable, 100);
}

TEST_F(AppenderTest, ManyThreadsGetEachTheirOwnOffset) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  log_.Open();
  absl::Mutex mutex;
  std::vector<int64_t> offsets;
  {
    Appender appender(log_, {.threads = 2});
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          EXPECT_TRUE(appender
                          .Append(kCommands, "", "value",
                                  [&](absl::StatusOr<Offset> offset) {
                                    const absl::MutexLock lock(&mutex);
                                    offsets.push_back(offset->value);
                                  })
                          .ok());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::sort(offsets.begin(), offsets.end());
  ASSERT_EQ(offsets.size(), size_t{kThreads * kEach});
  for (size_t i = 0; i < offsets.size(); ++i) {
    EXPECT_EQ(offsets[i], static_cast<int64_t>(i));
  }
}

}  // namespace
}  // namespace slotlog
