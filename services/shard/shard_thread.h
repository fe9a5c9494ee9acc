// A shard and the thread that it has in a worker: what it is of the shard, and
// what it does as that.
//
// Threads: everything here may be called from any; the destructor and Stop from
// one.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/time.h>

#include <memory>
#include <stop_token>
#include <thread>

#include "events/log/log.h"
#include "services/shard/replica.h"
#include "services/shard/shard_loop.h"
#include "services/shard/worker.h"

namespace slotlog {

class ShardThread {
 public:
  /// All of these outlive it.
  ShardThread(Log& log, Shard shard, const StoreFactory& stores,
              const ShardOptions& options, Role role);
  ~ShardThread();

  /// Of one that began as an owner: until it has recovered, or why it did not.
  absl::Status AwaitRecovery();

  void SetRole(Role role);
  /// Waits until no batch is being decided; false: one still is. Of a shard
  /// that is told to pause no other begins.
  bool AwaitBatch(absl::Time deadline) const;

  void AskToStop();
  absl::Status Stop();

  /// OK while it runs; otherwise why it stopped.
  absl::Status Health() const;
  ShardProgress Progress() const;
  ShardTotals Totals() const;

 private:
  void Run();
  absl::Status Rest();
  void StayPaused();
  void AwaitEndOfPause() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Follow();
  void Prepare();
  absl::Status OwnShard();
  std::stop_token BeginOwning();
  absl::Status Decide(ShardLoop& loop);
  bool BeginBatch();
  void EndBatch();
  void DropReplicaIfDamaged();
  absl::Status Survive(const absl::Status& status);
  void WaitBeforeRetry();
  void Show(Role role, const Replica& replica, Epoch epoch);
  void Count(const BatchFigures& batch);
  bool IsStopping() const;
  Role CurrentRole() const;
  bool Is(Role role) const;

  Log& log_;
  const Shard shard_;
  const StoreFactory& stores_;
  const ShardOptions& options_;
  /// The shard's thread only.
  std::unique_ptr<Replica> replica_;
  absl::Duration retry_wait_;

  absl::Notification recovered_;
  mutable absl::Mutex mutex_;
  Role role_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_between_batches_ ABSL_GUARDED_BY(mutex_) = true;
  /// Stopped when the shard is no longer this one's.
  std::stop_source owning_ ABSL_GUARDED_BY(mutex_);
  ShardProgress progress_ ABSL_GUARDED_BY(mutex_);
  ShardTotals totals_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace slotlog
