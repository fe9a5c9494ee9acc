#include "services/shard/worker.h"

#include <absl/synchronization/mutex.h>
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <deque>
#include <thread>
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

/// One thread that does pieces of work in order, all of them before it ends.
class Worker::BackgroundThread {
 public:
  BackgroundThread() : thread_([this] { Run(); }) {
    pthread_setname_np(thread_.native_handle(), "checkpoints");
  }
  ~BackgroundThread() {
    {
      absl::MutexLock lock(&mutex_);
      is_ending_ = true;
    }
    thread_.join();
  }

  void Do(std::function<void()> work) {
    absl::MutexLock lock(&mutex_);
    work_.push_back(std::move(work));
  }

 private:
  void Run() {
    while (true) {
      std::function<void()> work;
      {
        absl::MutexLock lock(&mutex_);
        mutex_.Await(absl::Condition(
            +[](BackgroundThread* self) {
              return self->is_ending_ || !self->work_.empty();
            },
            this));
        if (work_.empty()) return;
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }

  absl::Mutex mutex_;
  bool is_ending_ = false;
  std::deque<std::function<void()>> work_;
  std::thread thread_;
};

Worker::Worker(WorkerOptions options)
    : options_(std::move(options)),
      store_memory_(
          NewRocksDbMemory(options_.memory_bytes * kStoresPercent / 100)),
      background_(std::make_unique<BackgroundThread>()) {}

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
  stores_ = {.open = [this](Shard shard) { return OpenStore(shard); },
             .destroy =
                 [this](Shard shard) {
                   return RocksDbStore::Destroy(
                       StoreDirectory(options_.directory, shard));
                 }};
  shard_options_ = {.memory_bytes = options_.memory_bytes * kRowsPercent / 100 /
                                    log.Shards().value,
                    .survives_full_disk = options_.survives_full_disk,
                    .clock = options_.clock,
                    .executor = [this](std::function<void()> work) {
                      background_->Do(std::move(work));
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

absl::StatusOr<std::unique_ptr<Store>> Worker::OpenStore(Shard shard) const {
  auto store = RocksDbStore::Open(StoreDirectory(options_.directory, shard),
                                  {.memory = store_memory_});
  if (!store.ok()) return store.status();
  return std::unique_ptr<Store>(*std::move(store));
}

void Worker::SetRole(Shard shard, Role role) {
  threads_.at(shard.value)->SetRole(role);
}

bool Worker::AwaitGivenUp(absl::Duration patience) {
  const absl::Time deadline = options_.clock() + patience;
  bool all = true;
  for (auto& thread : threads_) {
    const absl::Duration left =
        std::max(absl::ZeroDuration(), deadline - options_.clock());
    all = thread->AwaitGivenUp(left) && all;
  }
  return all;
}

std::vector<ShardProgress> Worker::Progress() const {
  std::vector<ShardProgress> all;
  for (const auto& thread : threads_) all.push_back(thread->Progress());
  return all;
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
