#include "tools/verify/redecide.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "events/store/rocksdb/rocksdb_store.h"
#include "services/shard/history.h"
#include "services/shard/row_codec.h"
#include "services/shard/worker.h"

namespace slotlog::verify {
namespace {

/// A shard's store and the position at which it rests.
struct RestingState {
  std::unique_ptr<RocksDbStore> store;
  CheckpointPosition position;
};

/// A store that cannot be read says nothing about the log: no difference.
absl::Status CouldNotRead(const absl::Status& store) {
  return absl::UnavailableError(
      fmt::format("{}; a worker would fold it again, and so can you: delete it",
                  std::string(store.message())));
}

absl::StatusOr<std::optional<RestingState>> OpenRestingState(
    const std::filesystem::path& directory) {
  auto store = RocksDbStore::Open(directory, {.read_only = true});
  if (absl::IsNotFound(store.status())) return std::nullopt;
  if (!store.ok()) return CouldNotRead(store.status());
  auto bytes = (*store)->ReadPosition();
  if (!bytes.ok()) return CouldNotRead(bytes.status());
  if (!bytes->has_value()) return std::nullopt;
  auto position = DecodePosition(**bytes);
  if (!position.ok()) return CouldNotRead(position.status());
  return RestingState{*std::move(store), *std::move(position)};
}

/// How many rows of the table stand in the store alike; an error names one that
/// does not.
template <typename Row>
absl::StatusOr<uint64_t> CompareTable(const MemoryTable<Row>& table,
                                      const Store& store) {
  std::string expected;
  for (const auto& [key, row] : table.rows()) {
    expected.clear();
    EncodeRow(row, expected);
    const std::string_view keys[] = {key};
    auto found = store.Read(keys);
    if (!found.ok()) return CouldNotRead(found.status());
    if (found->front() != expected) {
      return absl::DataLossError(fmt::format(
          "the row {} rests otherwise in the store than the log folds it",
          absl::CHexEscape(std::string(key))));
    }
  }
  return table.rows().size();
}

/// One shard, from its first batch to its last.
class ShardRedecision {
 public:
  ShardRedecision(Log& log, Shard shard, const RedecideOptions& options)
      : log_(log), shard_(shard), batches_max_(options.batches[shard.value]) {
    if (options.state.has_value()) {
      directory_ = StoreDirectory(*options.state, shard);
    }
  }

  absl::Status Run() {
    absl::StatusOr<std::optional<RestingState>> resting = std::nullopt;
    if (directory_.has_value()) resting = OpenRestingState(*directory_);
    if (!resting.ok()) return resting.status();
    if (auto kept = CheckInputsAreKept(); !kept.ok()) return kept;
    auto history = ShardHistory::Open(log_, shard_);
    if (!history.ok()) return history.status();
    while (batches < batches_max_) {
      auto has_next = (*history)->HasNext();
      if (!has_next.ok()) return has_next.status();
      if (!*has_next) break;
      if (auto differs = (*history)->DecideNext(); !differs.ok()) {
        return differs;
      }
      ++batches;
      inputs = (*history)->inputs();
      const MemoryState& folded = (*history)->state();
      if (resting->has_value() && folded.head().batch_number ==
                                      (*resting)->position.head.batch_number) {
        if (auto differs = Compare(folded, **resting); !differs.ok()) {
          return differs;
        }
      }
    }
    return absl::OkStatus();
  }

  uint64_t batches = 0;
  uint64_t inputs = 0;
  uint64_t rows = 0;

 private:
  absl::Status CheckInputsAreKept() {
    for (Topic topic :
         {Topic::kCommands, Topic::kOperations, Topic::kInternal}) {
      const TopicPartition partition{topic, shard_};
      const auto watermarks = log_.WatermarksOf(partition);
      if (!watermarks.ok()) return watermarks.status();
      if (watermarks->low == Offset{0}) continue;
      return absl::FailedPreconditionError(fmt::format(
          "{} begins at {}: what was decided before is gone, and cannot be "
          "decided again; verify without --redecide",
          DebugString(partition), watermarks->low.value));
    }
    return absl::OkStatus();
  }

  absl::Status Compare(const MemoryState& folded, const RestingState& resting) {
    if (!(folded.head() == resting.position.head)) {
      return absl::DataLossError(
          "the position in the store is not the one that the log folds");
    }
    const Store& store = *resting.store;
    absl::Status differs;
    VisitTables(folded, [&](const auto& table) {
      if (!differs.ok()) return;
      const absl::StatusOr<uint64_t> compared = CompareTable(table, store);
      differs = compared.status();
      if (compared.ok()) rows += *compared;
    });
    if (!differs.ok()) return differs;
    uint64_t resting_rows = 0;
    auto scanned = store.Scan("", [&](std::string_view, std::string_view) {
      ++resting_rows;
      return true;
    });
    if (!scanned.ok()) return CouldNotRead(scanned);
    if (resting_rows != rows) {
      return absl::DataLossError(
          fmt::format("{} rows rest in the store, and the log folds {}",
                      resting_rows, rows));
    }
    return absl::OkStatus();
  }

  Log& log_;
  const Shard shard_;
  const uint64_t batches_max_;
  std::optional<std::filesystem::path> directory_;
};

}  // namespace

absl::StatusOr<RedecideReport> Redecide(Log& log,
                                        const RedecideOptions& options) {
  std::vector<ShardRedecision> shards;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    shards.emplace_back(log, shard, options);
  }
  std::vector<absl::Status> ends(shards.size());
  std::atomic<size_t> next = 0;
  std::vector<std::thread> pool;
  for (int i = 0; i < options.threads; ++i) {
    pool.emplace_back([&] {
      for (size_t mine = next++; mine < shards.size(); mine = next++) {
        ends[mine] = shards[mine].Run();
      }
    });
  }
  for (std::thread& thread : pool) thread.join();

  RedecideReport report;
  for (size_t i = 0; i < shards.size(); ++i) {
    report.batches += shards[i].batches;
    report.inputs += shards[i].inputs;
    report.rows += shards[i].rows;
    if (ends[i].ok()) continue;
    if (!absl::IsDataLoss(ends[i])) return ends[i];
    report.differences.push_back(
        fmt::format("shard {}: {}", i, std::string(ends[i].message())));
  }
  return report;
}

}  // namespace slotlog::verify
