// What the embedded log does on this machine's disk:
//
//   bazel run //tests/bench:embedded_log_bench
//
// The journal stands in the folder for temporary files (TMPDIR): its disk is
// what is measured.

#include <absl/time/clock.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/embedded/embedded_log.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{4};
constexpr size_t kNoTail = 0;
constexpr size_t kLargeTail = size_t{512} << 20;

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fputs(result.status().ToString().c_str(), stderr);
  std::abort();
}

/// An empty log in a directory of its own.
class NewLog {
 public:
  explicit NewLog(size_t tail_bytes_max)
      : directory_(std::filesystem::temp_directory_path() /
                   "slotlog-embedded-log-bench"),
        tail_bytes_max_(tail_bytes_max) {
    std::filesystem::remove_all(directory_);
    Reopen();
  }
  void Reopen() {
    log_.reset();
    EmbeddedLogOptions options;
    options.shards = kShards;
    options.clock = [] { return absl::Now(); };
    options.tail_bytes_max = tail_bytes_max_;
    log_ = ValueOrDie(EmbeddedLog::Open(directory_, std::move(options)));
  }
  ~NewLog() {
    log_.reset();
    std::filesystem::remove_all(directory_);
  }
  EmbeddedLog& operator*() { return *log_; }
  EmbeddedLog* operator->() { return log_.get(); }

 private:
  const std::filesystem::path directory_;
  const size_t tail_bytes_max_;
  std::unique_ptr<EmbeddedLog> log_;
};

/// `count` commands of `bytes` each, spread over the shards.
std::vector<NewRecord> Commands(std::string_view value, int count) {
  std::vector<NewRecord> records;
  for (int i = 0; i < count; ++i) {
    const Shard shard{static_cast<uint32_t>(i) % kShards.value};
    records.push_back({{Topic::kCommands, shard}, "citizen-0123456789", value});
  }
  return records;
}

void Count(benchmark::State& state, const std::vector<NewRecord>& records) {
  size_t bytes = 0;
  for (const NewRecord& record : records) {
    bytes += record.key.size() + record.value.size();
  }
  const auto written = static_cast<int64_t>(state.iterations());
  state.SetItemsProcessed(written * static_cast<int64_t>(records.size()));
  state.SetBytesProcessed(written * static_cast<int64_t>(bytes));
}

// Each thread is a caller that waits for its 1,000 records to be durable.
void AppendOfThousandRecords(benchmark::State& state) {
  static std::unique_ptr<NewLog> log;
  if (state.thread_index() == 0) log = std::make_unique<NewLog>(kLargeTail);
  const std::string value(static_cast<size_t>(state.range(0)), 'v');
  const std::vector<NewRecord> records = Commands(value, 1000);
  for (auto _ : state) ValueOrDie((*log)->Append(records));
  Count(state, records);
  if (state.thread_index() == 0) log.reset();
}
BENCHMARK(AppendOfThousandRecords)
    ->Arg(150)
    ->Arg(1000)
    ->Threads(1)
    ->Threads(4)
    ->UseRealTime();

void AppendOfOneRecord(benchmark::State& state) {
  static std::unique_ptr<NewLog> log;
  if (state.thread_index() == 0) log = std::make_unique<NewLog>(kLargeTail);
  const std::string value(150, 'v');
  const std::vector<NewRecord> records = Commands(value, 1);
  for (auto _ : state) ValueOrDie((*log)->Append(records));
  Count(state, records);
  if (state.thread_index() == 0) log.reset();
}
BENCHMARK(AppendOfOneRecord)->Threads(1)->Threads(64)->UseRealTime();

// One batch of events, 2,000 confirmations, a message to each shard.
void CommitOfTwoThousandDecisions(benchmark::State& state) {
  NewLog log(kLargeTail);
  const auto producer = ValueOrDie(log->OpenProducer("shard-0", {}));
  const std::string events(2000 * 100, 'e');
  const std::string confirmation(100, 'c');
  const std::string message(10'000, 'm');
  std::vector<NewRecord> records{
      {{Topic::kEvents, Shard{0}}, "", std::string_view(events)}};
  for (int i = 0; i < 2000; ++i) {
    records.push_back(
        {{Topic::kConfirmations, Shard{0}}, "citizen-01234567", confirmation});
  }
  for (Shard shard; shard.value < kShards.value; ++shard) {
    records.push_back({{Topic::kInternal, shard}, "", message});
  }
  for (auto _ : state) ValueOrDie(producer->Commit(records));
  Count(state, records);
}
BENCHMARK(CommitOfTwoThousandDecisions)->UseRealTime();

/// 100 MB of commands.
void Fill(NewLog& log) {
  const std::string value(150, 'v');
  const std::vector<NewRecord> records = Commands(value, 6000);
  for (int i = 0; i < 100; ++i) ValueOrDie(log->Append(records));
}

// Verifies the whole journal, which the kernel still has in memory.
void Recovery(benchmark::State& state) {
  NewLog log(kNoTail);
  Fill(log);
  int64_t bytes = 0;
  for (auto _ : state) {
    log.Reopen();
    bytes += static_cast<int64_t>(log->Recovery().journal_bytes);
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(Recovery)->UseRealTime();

// Reads one of four shards from beginning to end.
void ReadShard(benchmark::State& state, size_t tail_bytes_max) {
  NewLog log(tail_bytes_max);
  Fill(log);
  const TopicPartition partition{Topic::kCommands, Shard{0}};
  const Position from[] = {{partition, Offset{0}}};
  int64_t count = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const auto consumer = ValueOrDie(log->OpenConsumer(from));
    while (true) {
      const RecordBatch batch =
          ValueOrDie(consumer->Fetch(partition, 5000, 1 << 20));
      if (batch.records.empty()) break;
      for (const Record& record : batch.records) {
        bytes += static_cast<int64_t>(record.key.size() + record.value.size());
      }
      count += static_cast<int64_t>(batch.records.size());
    }
  }
  state.SetItemsProcessed(count);
  state.SetBytesProcessed(bytes);
}
void ReadFromMemory(benchmark::State& state) { ReadShard(state, kLargeTail); }
void ReadFromFile(benchmark::State& state) { ReadShard(state, kNoTail); }
BENCHMARK(ReadFromMemory)->UseRealTime();
BENCHMARK(ReadFromFile)->UseRealTime();

}  // namespace
}  // namespace slotlog

BENCHMARK_MAIN();
