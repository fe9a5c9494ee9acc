// The loop that a shard's owner goes round, without deciding anything: consume
// a batch of commands, commit one confirmation for each and one packed record
// of events. Four shards, a thread each; once through KafkaLog, once by
// librdkafka alone, so that what the interface costs can be told:
//
//   tools/kafka up && bazel run //tests/bench:kafka_log_bench -- HOST:PORT
//
// What is measured includes the broker, if it runs on this machine.

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/log/kafka/bare_loop.h"
#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/topics.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{4};
constexpr int kCommandsPerShard = 500'000;
constexpr int kTurns = 3;
constexpr size_t kAppendRecords = 10'000;
constexpr size_t kBatchInputs = 2'000;
constexpr size_t kFetchBytesMax = size_t{8} << 20;
constexpr size_t kEventBytes = 100;

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fputs(result.status().ToString().c_str(), stderr);
  std::exit(1);
}

/// Runs it once for each shard, all at once.
absl::Duration Timed(const std::function<void(Shard)>& work) {
  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (Shard shard; shard.value < kShards.value; ++shard) {
    threads.emplace_back([&work, shard] { work(shard); });
  }
  for (std::thread& thread : threads) thread.join();
  return absl::Now() - start;
}

void Tell(const char* what, absl::Duration took) {
  const double inputs = double{kCommandsPerShard} * kShards.value;
  fmt::print("{:<34} {:>9.0f}/s\n", what, inputs / absl::ToDoubleSeconds(took));
  std::fflush(stdout);
}

void AppendCommands(Log& log, Shard shard) {
  const std::string value(120, 'c');
  const std::vector<NewRecord> records(
      kAppendRecords, {{Topic::kCommands, shard}, "citizen-0123456789", value});
  for (int left = kCommandsPerShard; left > 0;
       left -= static_cast<int>(kAppendRecords)) {
    ValueOrDie(log.Append(records));
  }
}

void GoRound(Log& log, Shard shard) {
  const TopicPartition commands{Topic::kCommands, shard};
  const auto producer =
      ValueOrDie(log.OpenProducer(fmt::format("shard-{}", shard.value)));
  const Position from{commands, Offset{0}};
  const auto consumer = ValueOrDie(log.OpenConsumer({&from, 1}));
  const std::string confirmation(100, 'a');
  std::string events;
  std::vector<NewRecord> records;
  int transactions = 0;
  for (int left = kCommandsPerShard; left > 0;) {
    const RecordBatch batch =
        ValueOrDie(consumer->Fetch(commands, kBatchInputs, kFetchBytesMax));
    if (batch.records.empty()) {
      consumer->AwaitRecords(absl::Seconds(1));
      continue;
    }
    records.clear();
    events.assign(batch.records.size() * kEventBytes, 'e');
    records.push_back({{Topic::kEvents, shard}, "", events});
    for (const Record& record : batch.records) {
      records.push_back(
          {{Topic::kConfirmations, shard}, record.key, confirmation});
    }
    if (ValueOrDie(producer->Commit(records)) != CommitOutcome::kDone) {
      std::fputs("a commit was not done\n", stderr);
      std::exit(1);
    }
    left -= static_cast<int>(batch.records.size());
    ++transactions;
  }
  if (shard.value == 0) {
    fmt::print("  {} inputs a transaction\n", kCommandsPerShard / transactions);
  }
}

int Run(const char* brokers) {
  KafkaLogOptions options;
  options.brokers = brokers;
  options.prefix = fmt::format("bench-{}.", absl::ToUnixMillis(absl::Now()));
  ValueOrDie(CreateKafkaTopics(options, {.shards = kShards}));
  const auto log = ValueOrDie(KafkaLog::Open(options));
  Tell("append, through KafkaLog",
       Timed([&](Shard shard) { AppendCommands(*log, shard); }));
  // In turns: a broker that has run for a while is quicker.
  for (int turn = 0; turn < kTurns; ++turn) {
    Tell("consume, produce, commit: KafkaLog",
         Timed([&](Shard shard) { GoRound(*log, shard); }));
    Tell("consume, produce, commit: bare", Timed([&](Shard shard) {
           kafka::GoRoundBare(options, shard,
                              {.inputs = kCommandsPerShard,
                               .batch_inputs = kBatchInputs,
                               .event_bytes = kEventBytes});
         }));
  }
  return 0;
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: kafka_log_bench HOST:PORT\n", stderr);
    return 2;
  }
  return slotlog::Run(argv[1]);
}
