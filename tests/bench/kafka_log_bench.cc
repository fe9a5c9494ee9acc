// The loop that a shard's owner goes round, without deciding anything: consume
// a batch of commands and what the other shards say, commit confirmations, one
// packed record of events and one for each other shard. A thread a shard; in
// turns through KafkaLog and by librdkafka alone, so that what the interface
// costs can be told:
//
//   tools/kafka up && bazel run //tests/bench:kafka_log_bench -- HOST:PORT
//
// With a log's prefix (`slotlog.`) the records and batches are as those of the
// rush that it holds, and what the loop gives is the yardstick of that rush
// (tests/bench/kafka_bench.py).
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
#include "tests/bench/log_shape.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{4};
constexpr size_t kCommandsPerShard = 500'000;
constexpr int kTurns = 3;
constexpr size_t kAppendRecords = 10'000;
constexpr size_t kInternalRecordsMax = 1000;
constexpr size_t kFetchBytesMax = size_t{8} << 20;

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fputs(result.status().ToString().c_str(), stderr);
  std::exit(1);
}

/// Runs it once for each shard, all at once.
absl::Duration Timed(ShardCount shards,
                     const std::function<void(Shard)>& work) {
  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (Shard shard; shard.value < shards.value; ++shard) {
    threads.emplace_back([&work, shard] { work(shard); });
  }
  for (std::thread& thread : threads) thread.join();
  return absl::Now() - start;
}

void AppendCommands(Log& log, Shard shard, size_t command_bytes) {
  const std::string value(command_bytes, 'c');
  const std::vector<NewRecord> records(
      kAppendRecords, {{Topic::kCommands, shard}, "citizen-0123456789", value});
  for (size_t left = kCommandsPerShard; left > 0; left -= kAppendRecords) {
    ValueOrDie(log.Append(records));
  }
}

void GoRound(Log& log, Shard shard, const kafka::LoopShape& shape) {
  const TopicPartition commands{Topic::kCommands, shard};
  const TopicPartition messages{Topic::kInternal, shard};
  const auto producer =
      ValueOrDie(log.OpenProducer(fmt::format("shard-{}", shard.value), {}));
  const Position from[] = {{commands, Offset{0}}, {messages, Offset{0}}};
  const auto consumer = ValueOrDie(log.OpenConsumer(from));
  const std::string confirmation(shape.confirmation_bytes, 'a');
  std::string events;
  std::string said;
  std::vector<NewRecord> records;
  double owed = 0;
  for (size_t left = kCommandsPerShard; left > 0;) {
    const RecordBatch batch = ValueOrDie(consumer->Fetch(
        commands, std::min(left, shape.commands_per_transaction),
        kFetchBytesMax));
    ValueOrDie(consumer->Fetch(messages, kInternalRecordsMax, kFetchBytesMax));
    if (batch.records.empty()) {
      consumer->AwaitRecords(absl::Seconds(1));
      continue;
    }
    const auto count = static_cast<double>(batch.records.size());
    records.clear();
    events.assign(static_cast<size_t>(count * shape.event_bytes), 'e');
    records.push_back({{Topic::kEvents, shard}, "", events});
    for (const Record& record : batch.records) {
      for (owed += shape.confirmations; owed >= 1; --owed) {
        records.push_back(
            {{Topic::kConfirmations, shard}, record.key, confirmation});
      }
    }
    if (shape.internal_bytes > 0) {
      said.assign(static_cast<size_t>(count * shape.internal_bytes /
                                      (log.Shards().value - 1)),
                  'm');
      for (Shard to; to.value < log.Shards().value; ++to) {
        if (to != shard) records.push_back({{Topic::kInternal, to}, "", said});
      }
    }
    if (ValueOrDie(producer->Commit(records)) != CommitOutcome::kDone) {
      std::fputs("a commit was not done\n", stderr);
      std::exit(1);
    }
    left -= batch.records.size();
  }
}

/// Of the rush under this prefix; without one, made up.
LogShape ShapeLike(KafkaLogOptions options, const char* prefix) {
  if (prefix == nullptr) {
    return {.loop = {}, .commands = 1, .inputs = 1, .transactions = 1};
  }
  options.prefix = prefix;
  const auto log = ValueOrDie(KafkaLog::Open(options));
  LogShape shape = ValueOrDie(ShapeOf(*log));
  fmt::print(
      "{}: {} commands, {} inputs in {} transactions; a command: {} bytes, "
      "{:.0f} of events, {:.2f} confirmations of {}, {:.0f} to other shards\n",
      prefix, shape.commands, shape.inputs, shape.transactions,
      shape.loop.command_bytes, shape.loop.event_bytes,
      shape.loop.confirmations, shape.loop.confirmation_bytes,
      shape.loop.internal_bytes);
  return shape;
}

int Run(const char* brokers, const char* like) {
  KafkaLogOptions options;
  options.brokers = brokers;
  const LogShape shape = ShapeLike(options, like);
  options.prefix = fmt::format("bench-{}.", absl::ToUnixMillis(absl::Now()));
  ValueOrDie(CreateKafkaTopics(options, {.shards = kShards}));
  const auto log = ValueOrDie(KafkaLog::Open(options));
  const auto tell = [&shape](const char* what, absl::Duration took) {
    const double commands = static_cast<double>(kCommandsPerShard) *
                            kShards.value / absl::ToDoubleSeconds(took);
    const double inputs = commands * static_cast<double>(shape.inputs) /
                          static_cast<double>(shape.commands);
    fmt::print("{:<34} {:>9.0f} commands/s {:>9.0f} inputs/s\n", what, commands,
               inputs);
    std::fflush(stdout);
  };
  tell("append, through KafkaLog", Timed(kShards, [&](Shard shard) {
         AppendCommands(*log, shard, shape.loop.command_bytes);
       }));
  // In turns: a broker that has run for a while is quicker.
  for (int turn = 0; turn < kTurns; ++turn) {
    tell("consume, produce, commit: KafkaLog", Timed(kShards, [&](Shard shard) {
           GoRound(*log, shard, shape.loop);
         }));
    tell("consume, produce, commit: bare", Timed(kShards, [&](Shard shard) {
           kafka::GoRoundBare(options, kShards, shard, kCommandsPerShard,
                              shape.loop);
         }));
  }
  return 0;
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fputs("usage: kafka_log_bench HOST:PORT [PREFIX]\n", stderr);
    return 2;
  }
  return slotlog::Run(argv[1], argc == 3 ? argv[2] : nullptr);
}
