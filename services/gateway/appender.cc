#include "services/gateway/appender.h"

#include <fmt/format.h>
#include <pthread.h>

#include <utility>

#include "events/invariant.h"

namespace slotlog {

Appender::Appender(Log& log, AppenderLimits limits)
    : log_(log), limits_(limits) {
  for (int i = 0; i < limits_.threads; ++i) {
    threads_.emplace_back([this] { Run(); });
    pthread_setname_np(threads_.back().native_handle(), "append");
  }
}

Appender::~Appender() {
  {
    const absl::MutexLock lock(&mutex_);
    is_ending_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Appender::Append(TopicPartition to, std::string key,
                              std::string value, Done done,
                              std::string traceparent) {
  Pending pending{to, std::move(key), std::move(value), std::move(done),
                  std::move(traceparent)};
  const size_t bytes = pending.bytes();
  const absl::MutexLock lock(&mutex_);
  if (figures_.pending_records >= limits_.pending_records_max ||
      figures_.pending_bytes + bytes > limits_.pending_bytes_max) {
    ++figures_.refused_records;
    return absl::UnavailableError(
        fmt::format("{} records of {} bytes wait for the log already",
                    figures_.pending_records, figures_.pending_bytes));
  }
  ++figures_.pending_records;
  figures_.pending_bytes += bytes;
  waiting_.push_back(std::move(pending));
  return absl::OkStatus();
}

std::vector<Appender::Pending> Appender::TakeBatch() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](Appender* self) {
        self->mutex_.AssertReaderHeld();
        return self->is_ending_ || !self->waiting_.empty();
      },
      this));
  std::vector<Pending> batch;
  size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < limits_.batch_records_max) {
    bytes += waiting_.front().bytes();
    // One always goes, however large it is.
    if (!batch.empty() && bytes > limits_.batch_bytes_max) break;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

void Appender::AppendBatch(std::vector<Pending> batch) {
  std::vector<NewRecord> records;
  records.reserve(batch.size());
  size_t bytes = 0;
  for (const Pending& pending : batch) {
    records.push_back(
        {pending.to, pending.key, pending.value, pending.traceparent});
    bytes += pending.bytes();
  }
  const auto offsets = log_.Append(records);
  INVARIANT(!offsets.ok() || offsets->size() == batch.size(),
            "an append gives an offset for each record");
  {
    const absl::MutexLock lock(&mutex_);
    figures_.pending_records -= batch.size();
    figures_.pending_bytes -= bytes;
    ++figures_.appends;
    if (offsets.ok()) {
      figures_.appended_records += batch.size();
    } else {
      ++figures_.failed_appends;
    }
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (offsets.ok()) {
      batch[i].done((*offsets)[i]);
    } else {
      batch[i].done(offsets.status());
    }
  }
}

void Appender::Run() {
  while (true) {
    std::vector<Pending> batch = TakeBatch();
    if (batch.empty()) return;
    AppendBatch(std::move(batch));
  }
}

AppenderFigures Appender::figures() const {
  const absl::MutexLock lock(&mutex_);
  return figures_;
}

absl::Status NotKnownToBeDurable(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return status;
  return absl::FailedPreconditionError(status.message());
}

}  // namespace slotlog
