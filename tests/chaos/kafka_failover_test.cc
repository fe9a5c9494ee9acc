// Three brokers, of which one after the other is killed (SIGKILL) and started
// again, while writers go on: what they are told is what is read.

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/invariant.h"
#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/topics.h"
#include "tests/support/kafka_broker.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};
constexpr int kNodes = 3;
/// Each of them dies once.
constexpr int kDeaths = 3;
constexpr absl::Duration kBetweenDeaths = absl::Seconds(8);
constexpr absl::Duration kPatience = absl::Minutes(3);
/// Brokers miss one of them after six seconds.
constexpr absl::Duration kNewLeaderMax = absl::Seconds(30);
constexpr absl::Duration kPause = absl::Milliseconds(5);
constexpr size_t kMany = size_t{1} << 24;

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  INVARIANT(result.ok(), result.status().ToString().c_str());
  return *std::move(result);
}

enum class Told { kDone, kNotDone, kUnknown };

/// Calls until it works: the world is broken now and then.
template <typename Call>
auto Insisted(const Call& call) {
  const absl::Time deadline = absl::Now() + kPatience;
  auto result = call();
  while (!result.ok()) {
    INVARIANT(absl::Now() < deadline, result.status().ToString().c_str());
    absl::SleepFor(absl::Milliseconds(200));
    result = call();
  }
  return *std::move(result);
}

TopicPartition Events(Shard shard) { return {Topic::kEvents, shard}; }
TopicPartition Confirmations(Shard shard) {
  return {Topic::kConfirmations, shard};
}
TopicPartition Commands(Shard shard) { return {Topic::kCommands, shard}; }

/// What one owner was told of each of its transactions, by their numbers.
std::vector<Told> CommitUntil(Log& log, Shard shard,
                              const std::atomic<bool>& over) {
  const auto open = [&] {
    return log.OpenProducer(fmt::format("shard-{}", shard.value), {});
  };
  auto producer = Insisted(open);
  std::vector<Told> told;
  while (!over) {
    const std::string value = std::to_string(told.size());
    const NewRecord records[] = {{Events(shard), "", value},
                                 {Confirmations(shard), "a", value},
                                 {Confirmations(shard), "b", value}};
    const auto outcome = producer->Commit(records);
    if (outcome.ok() && *outcome == CommitOutcome::kDone) {
      told.push_back(Told::kDone);
    } else if (!outcome.ok() || *outcome == CommitOutcome::kNotDone) {
      told.push_back(Told::kNotDone);
    } else {
      // Nobody else has this id: a fence is an answer that got lost, too.
      told.push_back(Told::kUnknown);
      producer.reset();
      producer = Insisted(open);
    }
    absl::SleepFor(kPause);
  }
  return told;
}

/// The offsets that were told for each append, by number; none: it failed.
std::vector<std::optional<Offset>> AppendUntil(Log& log, Shard shard,
                                               const std::atomic<bool>& over) {
  std::vector<std::optional<Offset>> told;
  while (!over) {
    const std::string value = std::to_string(told.size());
    const NewRecord record{Commands(shard), "k", value};
    const auto offsets = log.Append({&record, 1});
    told.push_back(offsets.ok() ? std::optional(offsets->front())
                                : std::nullopt);
    absl::SleepFor(kPause);
  }
  return told;
}

/// All values of the partition, by offset.
std::vector<std::pair<Offset, int>> ReadAll(Log& log, TopicPartition name) {
  const Offset end = Insisted([&] { return log.WatermarksOf(name); }).high;
  const Position from{name, Offset{0}};
  const auto consumer = Insisted([&] { return log.OpenConsumer({&from, 1}); });
  std::vector<std::pair<Offset, int>> values;
  const absl::Time deadline = absl::Now() + kPatience;
  while (consumer->Position(name) < end) {
    INVARIANT(absl::Now() < deadline, "the position reaches the end");
    const RecordBatch batch = ValueOrDie(consumer->Fetch(name, kMany, kMany));
    for (const Record& record : batch.records) {
      values.emplace_back(record.offset, std::stoi(std::string(record.value)));
    }
    if (batch.records.empty()) consumer->AwaitRecords(absl::Seconds(1));
  }
  return values;
}

void ExpectTrue(Log& log, Shard shard, const std::vector<Told>& told) {
  std::map<int, int> events;
  std::map<int, int> confirmations;
  int last = -1;
  for (const auto& [offset, value] : ReadAll(log, Events(shard))) {
    EXPECT_GT(value, last) << "in order, and once";
    last = value;
    ++events[value];
  }
  for (const auto& [offset, value] : ReadAll(log, Confirmations(shard))) {
    ++confirmations[value];
  }
  std::map<Told, int> counts;
  for (int i = 0; i < static_cast<int>(told.size()); ++i) {
    const Told outcome = told[static_cast<size_t>(i)];
    ++counts[outcome];
    EXPECT_EQ(confirmations[i], 2 * events[i]) << i << ": all or nothing";
    if (outcome == Told::kDone) {
      EXPECT_EQ(events[i], 1) << i;
    } else if (outcome == Told::kNotDone) {
      EXPECT_EQ(events[i], 0) << i;
    }
  }
  EXPECT_GT(counts[Told::kDone], 100);
  fmt::print("shard {}: {} done, {} not done, {} unknown\n", shard.value,
             counts[Told::kDone], counts[Told::kNotDone],
             counts[Told::kUnknown]);
}

void ExpectTrue(Log& log, Shard shard,
                const std::vector<std::optional<Offset>>& told) {
  std::map<int, std::vector<Offset>> read;
  for (const auto& [offset, value] : ReadAll(log, Commands(shard))) {
    read[value].push_back(offset);
  }
  int failed = 0;
  for (int i = 0; i < static_cast<int>(told.size()); ++i) {
    const std::optional<Offset>& offset = told[static_cast<size_t>(i)];
    if (offset.has_value()) {
      EXPECT_EQ(read[i], std::vector<Offset>{*offset}) << i;
    } else {
      ++failed;
      EXPECT_LE(read[i].size(), 1U) << i;
    }
  }
  fmt::print("commands/{}: {} appended, {} failed\n", shard.value,
             told.size() - static_cast<size_t>(failed), failed);
}

TEST(KafkaFailoverTest, WhatWritersAreToldIsWhatIsRead) {
  const auto cluster = ValueOrDie(KafkaBroker::Start(kNodes));
  const KafkaLogOptions options = cluster->NewLog();
  ValueOrDie(CreateKafkaTopics(options, {.shards = kShards}));
  const auto log = ValueOrDie(KafkaLog::Open(options));

  std::atomic<bool> over = false;
  std::vector<std::vector<Told>> commits(kShards.value);
  std::vector<std::vector<std::optional<Offset>>> appends(kShards.value);
  std::vector<std::thread> writers;
  for (Shard shard; shard.value < kShards.value; ++shard) {
    writers.emplace_back(
        [&, shard] { commits[shard.value] = CommitUntil(*log, shard, over); });
    writers.emplace_back(
        [&, shard] { appends[shard.value] = AppendUntil(*log, shard, over); });
  }
  for (int death = 0; death < kDeaths; ++death) {
    absl::SleepFor(kBetweenDeaths);
    const int node = death % kNodes + 1;
    EXPECT_TRUE(cluster->Kill(node).ok());
    absl::SleepFor(kBetweenDeaths);
    EXPECT_TRUE(cluster->Restart(node).ok());
  }
  absl::SleepFor(kBetweenDeaths);
  over = true;
  for (std::thread& writer : writers) writer.join();
  for (Shard shard; shard.value < kShards.value; ++shard) {
    ExpectTrue(*log, shard, commits[shard.value]);
    ExpectTrue(*log, shard, appends[shard.value]);
  }
}

TEST(KafkaFailoverTest, TheEndsAreKnownAlsoOfWhatADeadBrokerLed) {
  const auto cluster = ValueOrDie(KafkaBroker::Start(kNodes));
  const KafkaLogOptions options = cluster->NewLog();
  // Each node leads one.
  constexpr ShardCount kEach{kNodes};
  ValueOrDie(CreateKafkaTopics(options, {.shards = kEach}));
  const auto log = ValueOrDie(KafkaLog::Open(options));
  const auto ask_all = [&] {
    for (Shard shard; shard.value < kEach.value; ++shard) {
      const Watermarks ends =
          Insisted([&] { return log->WatermarksOf(Events(shard)); });
      EXPECT_EQ(ends.high, Offset{0});
    }
  };
  ask_all();
  for (int node = 1; node <= kNodes; ++node) {
    ASSERT_TRUE(cluster->Kill(node).ok());
    const absl::Time killed_at = absl::Now();
    ask_all();
    EXPECT_LT(absl::Now() - killed_at, kNewLeaderMax) << "node " << node;
    ASSERT_TRUE(cluster->Restart(node).ok());
  }
}

}  // namespace
}  // namespace slotlog
