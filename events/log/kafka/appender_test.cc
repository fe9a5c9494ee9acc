// Many calls to one partition, on librdkafka's own broker, which can be slow
// and away by command.

#include "events/log/kafka/appender.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <thread>
#include <vector>

#include "events/log/kafka/mock_broker.h"

namespace slotlog::kafka {
namespace {

constexpr TopicPartition kCommands0{Topic::kCommands, Shard{0}};
constexpr absl::Duration kPatience = absl::Seconds(4);

/// Of all threads of this process.
absl::Duration ProcessorTime() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

class AppenderTest : public testing::Test {
 protected:
  absl::StatusOr<std::vector<Offset>> AppendOne() {
    const NewRecord record{.to = kCommands0, .key = "k", .value = "v"};
    return appender_.Append({&record, 1});
  }

  MockBroker broker_;
  Appender appender_{
      {.brokers = broker_.address(), .client = {}, .patience = kPatience}};
};

TEST_F(AppenderTest, WaitsForASlowBrokerWithoutWork) {
  constexpr int kRoundTripMs = 200;
  constexpr int kThreads = 20;
  constexpr int kAppends = 5;
  ASSERT_TRUE(AppendOne().ok());
  broker_.SetRoundTripMs(kRoundTripMs);
  const absl::Time began = absl::Now();
  const absl::Duration worked_before = ProcessorTime();
  std::vector<std::vector<Offset>> offsets(kThreads);
  std::vector<std::thread> threads;
  for (auto& of_thread : offsets) {
    // One after the other, so that others are on their way when one comes.
    absl::SleepFor(absl::Milliseconds(kRoundTripMs / kThreads));
    threads.emplace_back([&] {
      for (int i = 0; i < kAppends; ++i) {
        const auto appended = AppendOne();
        ASSERT_TRUE(appended.ok()) << appended.status();
        of_thread.push_back(appended->front());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const absl::Duration took = absl::Now() - began;
  // Librdkafka's thread for the broker would take a core.
  EXPECT_LT(ProcessorTime() - worked_before, took / 2);
  // An append takes two round trips at most.
  EXPECT_LT(took, (kAppends + 1) * 3 * absl::Milliseconds(kRoundTripMs));
  std::set<Offset> all;
  for (const auto& of_thread : offsets) {
    all.insert(of_thread.begin(), of_thread.end());
    EXPECT_TRUE(std::is_sorted(of_thread.begin(), of_thread.end()));
  }
  EXPECT_EQ(all.size(), kThreads * kAppends);
}

TEST_F(AppenderTest, WhatWaitsBehindARecordThatWasNotTakenFailsWithIt) {
  ASSERT_TRUE(AppendOne().ok());
  broker_.GoDown();
  const absl::Time began = absl::Now();
  std::thread first([this] {
    EXPECT_EQ(AppendOne().status().code(), absl::StatusCode::kUnavailable);
  });
  absl::SleepFor(kPatience / 4);
  EXPECT_EQ(AppendOne().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - began, kPatience * 3 / 2);
  first.join();
  broker_.ComeUp();
  EXPECT_TRUE(AppendOne().ok());
}

}  // namespace
}  // namespace slotlog::kafka
