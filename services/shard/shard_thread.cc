#include "services/shard/shard_thread.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

namespace slotlog {
namespace {

/// How long an idle shard sleeps before it looks whether it should stop.
constexpr absl::Duration kIdleWait = absl::Milliseconds(50);
/// After a refused transaction (a full disk), or before a recovery: longer each
/// time, until something is decided again.
constexpr absl::Duration kRetryWaitMin = absl::Milliseconds(100);
constexpr absl::Duration kRetryWaitMax = absl::Seconds(5);

}  // namespace

ShardThread::ShardThread(Log& log, Shard shard, const StoreFactory& stores,
                         const ShardOptions& options, Role role)
    : log_(log),
      shard_(shard),
      stores_(stores),
      options_(options),
      retry_wait_(kRetryWaitMin),
      role_(role),
      progress_{.shard = shard} {
  if (role != Role::kOwner) recovered_.Notify();
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(),
                     fmt::format("shard-{}", shard.value).c_str());
}

ShardThread::~ShardThread() { Stop().IgnoreError(); }

absl::Status ShardThread::AwaitRecovery() {
  recovered_.WaitForNotification();
  return Health();
}

void ShardThread::SetRole(Role role) {
  absl::MutexLock lock(&mutex_);
  role_ = role;
  if (role == Role::kNone || role == Role::kStandby) owning_.request_stop();
}

bool ShardThread::AwaitBatch(absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithDeadline(absl::Condition(&is_between_batches_),
                                  deadline);
}

void ShardThread::AskToStop() {
  absl::MutexLock lock(&mutex_);
  is_stopping_ = true;
  owning_.request_stop();
}

absl::Status ShardThread::Stop() {
  AskToStop();
  if (thread_.joinable()) thread_.join();
  return Health();
}

absl::Status ShardThread::Health() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

ShardProgress ShardThread::Progress() const {
  absl::MutexLock lock(&mutex_);
  return progress_;
}

void ShardThread::Run() {
  absl::Status status;
  while (status.ok() && !IsStopping()) {
    switch (CurrentRole()) {
      case Role::kNone:
        status = Rest();
        break;
      case Role::kStandby:
        status = Follow();
        break;
      case Role::kPaused:
        StayPaused();
        break;
      case Role::kOwner:
        status = OwnShard();
        break;
    }
  }
  if (status.ok() && replica_ != nullptr) status = replica_->WriteCheckpoint();
  replica_.reset();
  {
    absl::MutexLock lock(&mutex_);
    status_ = status;
    progress_ = {.shard = shard_};
  }
  if (!recovered_.HasBeenNotified()) recovered_.Notify();
}

/// Until it is something of the shard.
absl::Status ShardThread::Rest() {
  absl::Status closed;
  if (replica_ != nullptr) closed = replica_->WriteCheckpoint();
  replica_.reset();
  absl::MutexLock lock(&mutex_);
  progress_ = {.shard = shard_};
  mutex_.Await(absl::Condition(
      +[](ShardThread* self) ABSL_SHARED_LOCKS_REQUIRED(self->mutex_) {
        return self->is_stopping_ || self->role_ != Role::kNone;
      },
      this));
  return closed;
}

/// With what it has.
void ShardThread::StayPaused() {
  absl::MutexLock lock(&mutex_);
  AwaitEndOfPause();
}

void ShardThread::AwaitEndOfPause() {
  mutex_.Await(absl::Condition(
      +[](ShardThread* self) ABSL_SHARED_LOCKS_REQUIRED(self->mutex_) {
        return self->is_stopping_ || self->role_ != Role::kPaused;
      },
      this));
}

/// Folds what the shard's owner decides.
absl::Status ShardThread::Follow() {
  if (replica_ == nullptr) {
    auto opened = Replica::Open(log_, shard_, stores_, options_);
    if (!opened.ok()) return Survive(opened.status());
    replica_ = *std::move(opened);
  }
  bool is_prepared = false;
  while (Is(Role::kStandby)) {
    auto folded = replica_->FoldSome();
    if (!folded.ok()) {
      replica_.reset();
      return Survive(folded.status());
    }
    Show(Role::kStandby, *replica_, Epoch{});
    if (*folded) {
      retry_wait_ = kRetryWaitMin;
    } else if (!std::exchange(is_prepared, true)) {
      Prepare();
    } else {
      replica_->AwaitEvents(kIdleWait);
    }
  }
  return absl::OkStatus();
}

/// Once it has folded what is there: a takeover is quicker then, and works
/// without.
void ShardThread::Prepare() {
  const absl::Status ready = ShardLoop::Prepare(log_, shard_);
  if (!ready.ok()) spdlog::warn("{}", std::string(ready.message()));
}

/// Recovers the shard and decides until it is told otherwise or the shard is
/// lost (OK), or damaged.
absl::Status ShardThread::OwnShard() {
  auto recovered = ShardLoop::Recover(log_, shard_, stores_, options_, replica_,
                                      BeginOwning());
  if (!recovered.ok()) {
    DropReplicaIfDamaged();
    if (absl::IsCancelled(recovered.status())) {
      if (!recovered_.HasBeenNotified()) recovered_.Notify();
      return absl::OkStatus();
    }
    // Whoever starts a worker is told at once what is wrong.
    return recovered_.HasBeenNotified() ? Survive(recovered.status())
                                        : recovered.status();
  }
  ShardLoop& loop = **recovered;
  if (!recovered_.HasBeenNotified()) recovered_.Notify();
  absl::Status status = Decide(loop);
  replica_ = loop.Release();
  recovered->reset();  // with its producer
  DropReplicaIfDamaged();
  absl::MutexLock lock(&mutex_);
  progress_ = {.shard = shard_};
  return status;
}

/// A token that is stopped once the shard is not this one's any more, or now.
std::stop_token ShardThread::BeginOwning() {
  absl::MutexLock lock(&mutex_);
  owning_ = std::stop_source();
  if (is_stopping_ || role_ != Role::kOwner) owning_.request_stop();
  return owning_.get_token();
}

absl::Status ShardThread::Decide(ShardLoop& loop) {
  while (BeginBatch()) {
    auto outcome = loop.Step();
    EndBatch();
    if (!outcome.ok()) return Survive(outcome.status());
    Show(Role::kOwner, loop.replica(), loop.epoch());
    switch (*outcome) {
      case ShardLoop::StepOutcome::kDecided:
        Count(loop.last_batch());
        retry_wait_ = kRetryWaitMin;
        break;
      case ShardLoop::StepOutcome::kIdle:
        loop.AwaitInputs(kIdleWait);
        break;
      case ShardLoop::StepOutcome::kRefused:
        spdlog::warn("{}; it is tried again",
                     std::string(loop.refusal().message()));
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
  return absl::OkStatus();
}

/// After a pause, if there is one. False: the shard is not this one's any more.
bool ShardThread::BeginBatch() {
  absl::MutexLock lock(&mutex_);
  AwaitEndOfPause();
  is_between_batches_ = is_stopping_ || role_ != Role::kOwner;
  return !is_between_batches_;
}

void ShardThread::EndBatch() {
  absl::MutexLock lock(&mutex_);
  is_between_batches_ = true;
}

/// After a checkpoint that could not be written (a full disk) its state would
/// refuse all that comes; the next one begins from the last checkpoint.
void ShardThread::DropReplicaIfDamaged() {
  if (replica_ != nullptr && !replica_->CheckStore().ok()) replica_.reset();
}

/// A full disk, or a log that cannot be reached, is no reason to give the
/// shard up: what is committed can be folded again, so it is recovered until
/// it works again. Unless others could have it, who have room.
absl::Status ShardThread::Survive(const absl::Status& status) {
  const bool is_full_disk = absl::IsResourceExhausted(status);
  if (is_full_disk && !options_.survives_full_disk) return status;
  if (!is_full_disk && !absl::IsUnavailable(status) &&
      !absl::IsDeadlineExceeded(status)) {
    return status;
  }
  spdlog::warn("{}; the shard is recovered anew",
               std::string(status.message()));
  WaitBeforeRetry();
  return absl::OkStatus();
}

void ShardThread::WaitBeforeRetry() {
  absl::SleepFor(retry_wait_);
  retry_wait_ = std::min(2 * retry_wait_, kRetryWaitMax);
}

/// For Progress.
void ShardThread::Show(Role role, const Replica& replica, Epoch epoch) {
  const Head& head = replica.state().head();
  absl::MutexLock lock(&mutex_);
  progress_ = {.shard = shard_,
               .role = role,
               .epoch = epoch,
               .sequence = head.sequence,
               .next_command = head.commands.offset,
               .next_operation = head.operations.offset,
               .next_message = head.internal.offset,
               .next_event = replica.next_event(),
               .events_to_replay = head.sequence.value -
                                   replica.sequence_at_checkpoint().value};
}

void ShardThread::Count(const BatchFigures& batch) {
  absl::MutexLock lock(&mutex_);
  totals_.answers.Add(batch.answers);
  totals_.batches.Add(BatchFigures::kTookBounds, batch.took);
}

ShardTotals ShardThread::Totals() const {
  absl::MutexLock lock(&mutex_);
  return totals_;
}

bool ShardThread::IsStopping() const {
  absl::MutexLock lock(&mutex_);
  return is_stopping_;
}
Role ShardThread::CurrentRole() const {
  absl::MutexLock lock(&mutex_);
  return role_;
}
bool ShardThread::Is(Role role) const {
  absl::MutexLock lock(&mutex_);
  return !is_stopping_ && role_ == role;
}

}  // namespace slotlog
