#include "services/shard/worker.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "services/shard/shard_thread.h"

namespace slotlog {
namespace {

/// How a worker's memory is shared out, in percent: what the stores cache, and
/// the shards' rows.
constexpr size_t kStoresPercent = 25;
constexpr size_t kRowsPercent = 75;
static_assert(kStoresPercent + kRowsPercent == 100);

}  // namespace

Worker::Worker(WorkerOptions options)
    : options_(std::move(options)),
      store_memory_(
          NewRocksDbMemory(options_.memory_bytes * kStoresPercent / 100)),
      checkpoints_("checkpoints") {}

Worker::~Worker() { Stop().IgnoreError(); }

absl::StatusOr<std::unique_ptr<Worker>> Worker::Start(Log& log,
                                                      WorkerOptions options) {
  std::unique_ptr<Worker> worker(new Worker(std::move(options)));
  if (auto begun = worker->Begin(log); !begun.ok()) return begun;
  return worker;
}

absl::Status Worker::Begin(Log& log) {
  std::error_code error;
  std::filesystem::create_directories(options_.directory, error);
  if (error) {
    return absl::UnavailableError(fmt::format("cannot make the folder {}: {}",
                                              options_.directory.string(),
                                              error.message()));
  }
  auto locked = DirectoryLock::Take(options_.directory);
  if (!locked.ok()) return locked.status();
  directory_lock_ = *std::move(locked);
  stores_.open = [this](Shard shard) { return OpenStore(shard); };
  stores_.destroy = [this](Shard shard) {
    return RocksDbStore::Destroy(StoreDirectory(options_.directory, shard));
  };
  if (!options_.snapshots.empty()) {
    snapshots_.emplace(SnapshotOptions{.folder = options_.snapshots,
                                       .log_id = log.Id(),
                                       .interval = options_.snapshot_interval,
                                       .clock = options_.clock});
    stores_.restore = [this](Shard shard,
                             const std::optional<std::string>& before) {
      return snapshots_->Restore(shard, before,
                                 StoreDirectory(options_.directory, shard));
    };
  }
  shard_options_ = {.memory_bytes = options_.memory_bytes * kRowsPercent / 100 /
                                    log.Shards().value,
                    .survives_full_disk = options_.survives_full_disk,
                    .clock = options_.clock,
                    .executor = [this](std::function<void()> work) {
                      checkpoints_.Do(std::move(work));
                    }};
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    threads_.push_back(std::make_unique<ShardThread>(
        log, shard, stores_, shard_options_, options_.role));
  }
  absl::Status status;
  if (options_.role != Role::kOwner) return status;
  for (auto& thread : threads_) status.Update(thread->AwaitRecovery());
  return status;
}

absl::StatusOr<std::unique_ptr<Store>> Worker::OpenStore(Shard shard) {
  const std::filesystem::path directory =
      StoreDirectory(options_.directory, shard);
  auto store = RocksDbStore::Open(directory, {.memory = store_memory_});
  if (!store.ok()) return store.status();
  if (!snapshots_.has_value()) return std::unique_ptr<Store>(*std::move(store));
  return snapshots_->Taking(shard, *std::move(store), directory);
}

void Worker::SetRole(Shard shard, Role role) {
  threads_.at(shard.value)->SetRole(role);
}

void Worker::Pause(const std::vector<Shard>& shards, absl::Time deadline) {
  for (const Shard shard : shards) SetRole(shard, Role::kPaused);
  for (const Shard shard : shards) {
    if (threads_.at(shard.value)->AwaitBatch(deadline)) continue;
    spdlog::warn("shard {}: its batch goes on though it is to pause",
                 shard.value);
  }
}

std::vector<ShardProgress> Worker::Progress() const {
  std::vector<ShardProgress> all;
  for (const auto& thread : threads_) all.push_back(thread->Progress());
  return all;
}

ShardTotals Worker::TotalsOf(Shard shard) const {
  return threads_.at(shard.value)->Totals();
}

absl::Status Worker::Stop() {
  for (auto& thread : threads_) thread->AskToStop();
  absl::Status status;
  for (auto& thread : threads_) status.Update(thread->Stop());
  return status;
}

absl::Status Worker::Health() const {
  absl::Status status;
  for (const auto& thread : threads_) status.Update(thread->Health());
  return status;
}

std::filesystem::path StoreDirectory(const std::filesystem::path& directory,
                                     Shard shard) {
  return directory / fmt::format("shard-{}", shard.value);
}

}  // namespace slotlog
