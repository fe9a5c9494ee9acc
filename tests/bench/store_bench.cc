// What checkpoints and look-ups cost on this machine. Two shards, each on its
// own thread: checkpoints of 200,000 rows among 2,000,000 citizens, and after
// each one batched reads of 2,000 keys, half of which have no row. The settings
// compared are RocksDB's options by name, laid over the store's own ("ours").
//
//   bazel run //tests/bench:store_bench
//
// rows/s        rows checkpointed a second, both shards together
// stolen_us/row CPU of RocksDB's own threads, taken from the deciding ones
// read_us/key   CPU of a look-up between the checkpoints
// quiet_us/key  the same after the last checkpoint, when nothing is written
// disk_MB       both stores' files at the end
// written/row   bytes given to write() for a byte of rows: write amplification

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "events/store/rocksdb/rocksdb_store.h"

namespace slotlog {
namespace {

constexpr int kShards = 2;
constexpr int kCheckpoints = 20;
constexpr int kCheckpointRows = 200'000;
constexpr int kCitizens = 2'000'000;
constexpr int kReadsPerCheckpoint = 10;
constexpr int kReadKeys = 2'000;
constexpr size_t kMemoryBytes = 256 << 20;

/// 24 bytes, spread over the key space as pseudonymous ids are.
std::string CitizenKey(uint64_t citizen) {
  return fmt::format("c{:016x}{:07d}", citizen * 0x9e3779b97f4a7c15, citizen);
}

/// 120-200 bytes of which about half can be compressed away, like a message
/// with ids, times and a few repeated names.
std::string RowValue(std::mt19937_64& random) {
  std::string value(60 + random() % 40, '\0');
  for (char& c : value) c = static_cast<char>(random());
  value += "campaign-2021-autumn-first-dose/site-seoul-gangnam/booked/";
  value.append(2 + random() % 42, 'x');
  return value;
}

/// CPU of the process or of this thread.
absl::Duration CpuOf(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return absl::DurationFromTimespec(time);
}

/// Bytes given to write() and its like by this process.
double BytesWritten() {
  std::ifstream counters("/proc/self/io");
  std::string name;
  double bytes = 0;
  while (counters >> name >> bytes) {
    if (name == "wchar:") return bytes;
  }
  return 0;
}

double BytesOnDisk(const std::filesystem::path& directory) {
  double bytes = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(directory)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

struct Rows {
  std::vector<std::pair<std::string, std::string>> rows;
  double bytes = 0;

  explicit Rows(std::mt19937_64& random) {
    for (int i = 0; i < kCheckpointRows; ++i) {
      rows.emplace_back(CitizenKey(random() % kCitizens), RowValue(random));
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [](const auto& a, const auto& b) {
                             return a.first == b.first;
                           }),
               rows.end());
    for (const auto& [key, value] : rows) bytes += key.size() + value.size();
  }
};

/// One shard: its store, its thread's work, what it cost.
struct ShardLoad {
  std::unique_ptr<RocksDbStore> store;
  std::mt19937_64 random;
  double rows = 0;
  double bytes = 0;
  absl::Duration writing;
  absl::Duration reading;
  absl::Duration cpu;

  absl::Duration ReadOnce() {
    std::vector<std::string> keys;
    for (int i = 0; i < kReadKeys; ++i) {
      keys.push_back(CitizenKey(random() % kCitizens + (i % 2) * kCitizens));
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    const absl::Duration begin = CpuOf(CLOCK_THREAD_CPUTIME_ID);
    benchmark::DoNotOptimize(store->Read(views).value());
    return CpuOf(CLOCK_THREAD_CPUTIME_ID) - begin;
  }

  void Run() {
    for (int checkpoint = 0; checkpoint < kCheckpoints; ++checkpoint) {
      const Rows made(random);
      std::vector<RowChange> changes;
      for (const auto& [key, value] : made.rows) {
        changes.push_back({key, value});
      }
      const absl::Time begin = absl::Now();
      const absl::Status status =
          store->WriteCheckpoint(changes, fmt::format("{}", checkpoint));
      writing += absl::Now() - begin;
      if (!status.ok()) std::abort();
      rows += static_cast<double>(changes.size());
      bytes += made.bytes;
      for (int i = 0; i < kReadsPerCheckpoint; ++i) reading += ReadOnce();
    }
    cpu = CpuOf(CLOCK_THREAD_CPUTIME_ID);
  }
};

void BM_CheckpointsAndReads(benchmark::State& state, std::string tuning) {
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() /
      fmt::format("slotlog-store-bench-{}", getpid());
  for (auto _ : state) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    const RocksDbMemory memory = NewRocksDbMemory(kMemoryBytes);
    std::vector<ShardLoad> shards(kShards);
    for (int shard = 0; shard < kShards; ++shard) {
      shards[shard].random.seed(shard + 1);
      shards[shard].store =
          RocksDbStore::Open(directory / fmt::format("{}", shard),
                             {.memory = memory, .tuning = tuning})
              .value();
    }
    const double written_before = BytesWritten();
    const absl::Duration cpu_before = CpuOf(CLOCK_PROCESS_CPUTIME_ID);
    std::vector<std::thread> threads;
    for (ShardLoad& shard : shards) threads.emplace_back([&] { shard.Run(); });
    for (std::thread& thread : threads) thread.join();
    absl::Duration stolen = CpuOf(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;

    double rows = 0;
    double bytes = 0;
    absl::Duration writing;
    absl::Duration reading;
    absl::Duration reading_quietly;
    for (ShardLoad& shard : shards) {
      rows += shard.rows;
      bytes += shard.bytes;
      writing += shard.writing;
      reading += shard.reading;
      stolen -= shard.cpu;
      for (int i = 0; i < kReadsPerCheckpoint; ++i) {
        reading_quietly += shard.ReadOnce();
      }
    }
    shards.clear();
    const double reads = 1.0 * kShards * kReadsPerCheckpoint * kReadKeys;
    state.counters["rows/s"] = rows * kShards / absl::ToDoubleSeconds(writing);
    state.counters["stolen_us/row"] = absl::ToDoubleMicroseconds(stolen) / rows;
    state.counters["read_us/key"] =
        absl::ToDoubleMicroseconds(reading) / reads / kCheckpoints;
    state.counters["quiet_us/key"] =
        absl::ToDoubleMicroseconds(reading_quietly) / reads;
    state.counters["disk_MB"] = BytesOnDisk(directory) / 1e6;
    state.counters["written/row"] = (BytesWritten() - written_before) / bytes;
    std::filesystem::remove_all(directory);
  }
}

#define SETTING(name, tuning)                             \
  BENCHMARK_CAPTURE(BM_CheckpointsAndReads, name, tuning) \
      ->Iterations(1)                                     \
      ->UseRealTime()                                     \
      ->Unit(benchmark::kSecond)

SETTING(ours, "");
SETTING(level, "compaction_style=kCompactionStyleLevel");
SETTING(merging_at_4_files, "level0_file_num_compaction_trigger=4");
SETTING(no_compression, "compression=kNoCompression");
SETTING(zstd, "compression=kZSTD");
SETTING(blocks_of_16_KiB, "block_based_table_factory={block_size=16384}");
SETTING(ribbon, "block_based_table_factory={filter_policy=ribbonfilter:10}");

}  // namespace
}  // namespace slotlog

BENCHMARK_MAIN();
