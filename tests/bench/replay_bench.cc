// How fast a shard whose state is lost folds its events again, from the first
// to the last, with its checkpoints: each shard of a log alone, then all at
// once. A rush leaves a log to read:
//
//   slotlog rush --data DIR [--kafka HOST:PORT]
//   bazel run //tests/bench:replay_bench -- --data DIR | --kafka HOST:PORT

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/store/rocksdb/rocksdb_store.h"
#include "services/shard/background_thread.h"
#include "services/shard/replica.h"
#include "tools/log_flags.h"

namespace slotlog {
namespace {

constexpr size_t kStoreMemoryBytes = size_t{64} << 20;
constexpr size_t kRowsMemoryBytes = size_t{192} << 20;

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fputs(result.status().ToString().c_str(), stderr);
  std::exit(1);
}

/// A folder that goes when the bench ends.
class Folder {
 public:
  Folder() {
    std::string pattern =
        std::filesystem::temp_directory_path() / "replay_bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::perror("mkdtemp");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Begins with an empty store; the events that were folded.
uint64_t FoldAgain(Log& log, Shard shard) {
  const Folder folder;
  const StoreFactory stores{
      .open = [&](Shard) -> absl::StatusOr<std::unique_ptr<Store>> {
        return RocksDbStore::Open(
            folder.path() / "store",
            {.memory = NewRocksDbMemory(kStoreMemoryBytes)});
      },
      .destroy =
          [&](Shard) { return RocksDbStore::Destroy(folder.path() / "store"); },
  };
  BackgroundThread checkpoints("checkpoints");
  const auto replica =
      ValueOrDie(Replica::Open(log, shard, stores,
                               {.memory_bytes = kRowsMemoryBytes,
                                .clock = [] { return absl::Now(); },
                                .executor =
                                    [&](std::function<void()> work) {
                                      checkpoints.Do(std::move(work));
                                    }}));
  const auto watermarks = ValueOrDie(log.WatermarksOf({Topic::kEvents, shard}));
  if (auto folded = replica->FoldUpTo(watermarks.high); !folded.ok()) {
    std::fputs(folded.ToString().c_str(), stderr);
    std::exit(1);
  }
  return replica->events_replayed();
}

void Tell(const std::string& what, uint64_t events, absl::Duration took) {
  const double seconds = absl::ToDoubleSeconds(took);
  fmt::print("{:<14} {:>10} events {:>7.2f} s {:>10.0f} events/s\n", what,
             events, seconds, static_cast<double>(events) / seconds);
  std::fflush(stdout);
}

void Run(const LogFlags& flags) {
  const std::unique_ptr<Log> log = ValueOrDie(OpenToRead(flags));
  const uint32_t shards = log->Shards().value;
  for (Shard shard{0}; shard.value < shards; ++shard) {
    const absl::Time start = absl::Now();
    const uint64_t events = FoldAgain(*log, shard);
    Tell(fmt::format("shard {}", shard.value), events, absl::Now() - start);
  }
  std::vector<uint64_t> events(shards);
  std::vector<std::thread> threads;
  const absl::Time start = absl::Now();
  for (Shard shard{0}; shard.value < shards; ++shard) {
    threads.emplace_back([&log, &mine = events[shard.value], shard] {
      mine = FoldAgain(*log, shard);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const absl::Duration took = absl::Now() - start;
  uint64_t all = 0;
  for (const uint64_t each : events) all += each;
  Tell("all at once", all, took);
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  CLI::App app("Folds a log's shards again and says how fast", "replay_bench");
  slotlog::LogFlags flags;
  slotlog::AddLogFlags(app, flags);
  CLI11_PARSE(app, argc, argv);
  slotlog::Run(flags);
}
