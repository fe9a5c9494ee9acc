#include "services/shard/worker.h"

#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>

namespace slotlog {
namespace {

/// How long an idle shard sleeps before it looks whether it should stop.
constexpr absl::Duration kIdleWait = absl::Milliseconds(50);
/// After a refused transaction (a full disk), or before a recovery: longer each
/// time, until something is decided again.
constexpr absl::Duration kRetryWaitMin = absl::Milliseconds(100);
constexpr absl::Duration kRetryWaitMax = absl::Seconds(5);

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

/// A shard and its thread.
class Worker::ShardThread {
 public:
  ShardThread(Log& log, Shard shard, const StoreFactory& stores,
              const ShardOptions& options)
      : log_(log),
        shard_(shard),
        stores_(stores),
        options_(options),
        thread_([this] { Run(); }) {
    pthread_setname_np(thread_.native_handle(),
                       fmt::format("shard-{}", shard.value).c_str());
  }
  ~ShardThread() { Stop().IgnoreError(); }

  absl::Status AwaitRecovery() {
    recovered_.WaitForNotification();
    return Health();
  }

  void AskToStop() { is_stopping_ = true; }
  absl::Status Stop() {
    AskToStop();
    if (thread_.joinable()) thread_.join();
    return Health();
  }

  absl::Status Health() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  void Run() {
    absl::Status status;
    do {
      status = OwnShard();
    } while (status.ok() && !is_stopping_);
    absl::MutexLock lock(&mutex_);
    status_ = status;
    if (!recovered_.HasBeenNotified()) recovered_.Notify();
  }

  /// Recovers the shard and decides until it is stopped or the shard is lost
  /// (OK), or damaged.
  absl::Status OwnShard() {
    auto loop = ShardLoop::Recover(log_, shard_, stores_, options_);
    if (!loop.ok()) {
      // Whoever starts a worker is told at once what is wrong.
      return recovered_.HasBeenNotified() ? Survive(loop.status())
                                          : loop.status();
    }
    if (!recovered_.HasBeenNotified()) recovered_.Notify();
    while (!is_stopping_) {
      auto outcome = (*loop)->Step();
      if (!outcome.ok()) return Survive(outcome.status());
      switch (*outcome) {
        case ShardLoop::StepOutcome::kDecided:
          retry_wait_ = kRetryWaitMin;
          break;
        case ShardLoop::StepOutcome::kIdle:
          (*loop)->AwaitInputs(kIdleWait);
          break;
        case ShardLoop::StepOutcome::kRefused:
          spdlog::warn("{}; it is tried again",
                       std::string((*loop)->refusal().message()));
          WaitBeforeRetry();
          break;
        case ShardLoop::StepOutcome::kLost:
          spdlog::warn(
              "shard {}: lost to another owner, or in doubt: it is "
              "recovered anew",
              shard_.value);
          WaitBeforeRetry();
          return absl::OkStatus();
      }
    }
    return (*loop)->Close();
  }

  /// A full disk is no reason to give the shard up: what is committed can be
  /// folded again, so it is recovered until there is space.
  absl::Status Survive(const absl::Status& status) {
    if (!absl::IsResourceExhausted(status)) return status;
    spdlog::warn("{}; the shard is recovered anew",
                 std::string(status.message()));
    WaitBeforeRetry();
    return absl::OkStatus();
  }

  void WaitBeforeRetry() {
    absl::SleepFor(retry_wait_);
    retry_wait_ = std::min(2 * retry_wait_, kRetryWaitMax);
  }

  Log& log_;
  const Shard shard_;
  const StoreFactory& stores_;
  const ShardOptions& options_;
  std::atomic<bool> is_stopping_ = false;
  /// The shard's thread only.
  absl::Duration retry_wait_ = kRetryWaitMin;
  absl::Notification recovered_;
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
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
  stores_ = {.open = [this](Shard shard) { return OpenStore(shard); },
             .destroy =
                 [this](Shard shard) {
                   return RocksDbStore::Destroy(
                       StoreDirectory(options_.directory, shard));
                 }};
  shard_options_ = {.memory_bytes = options_.memory_bytes * kRowsPercent / 100 /
                                    log.Shards().value,
                    .clock = options_.clock,
                    .executor = [this](std::function<void()> work) {
                      background_->Do(std::move(work));
                    }};
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    threads_.push_back(
        std::make_unique<ShardThread>(log, shard, stores_, shard_options_));
  }
  absl::Status status;
  for (auto& thread : threads_) status.Update(thread->AwaitRecovery());
  return status;
}

absl::StatusOr<std::unique_ptr<Store>> Worker::OpenStore(Shard shard) const {
  auto store = RocksDbStore::Open(StoreDirectory(options_.directory, shard),
                                  {.memory = store_memory_});
  if (!store.ok()) return store.status();
  return std::unique_ptr<Store>(*std::move(store));
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
