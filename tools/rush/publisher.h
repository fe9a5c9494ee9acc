// Brings commands onto the log: threads that take batches in turn and append
// each, so that while one waits for the disk another's batch is on its way.
// Take an idle batch, fill it, Publish it, and get it back from TakePublished.
//
// Threads: one caller; the publisher has its own. The log must outlive it. The
// destructor waits until all that was handed over is appended.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/message_lite.h>

#include <deque>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

/// Records to append, with their bytes.
class CommandBatch {
 public:
  explicit CommandBatch(size_t records_max);

  size_t size() const { return records_.size(); }
  bool full() const { return records_.size() == records_max_; }
  /// REQUIRES: !full(), and key and value are kCommandBytesMax at most.
  void Add(TopicPartition to, std::string_view key,
           const google::protobuf::MessageLite& value);
  /// Removes the records for which this says so, in their order.
  void Remove(const std::vector<bool>& which);
  void Clear();

  const std::vector<NewRecord>& records() const { return records_; }
  /// What Append answered: of each record, in order.
  const absl::StatusOr<std::vector<Offset>>& offsets() const {
    return offsets_;
  }

 private:
  friend class Publisher;

  const size_t records_max_;
  /// Never moves: the records point into it.
  std::string bytes_;
  std::vector<NewRecord> records_;
  absl::StatusOr<std::vector<Offset>> offsets_;
};

class Publisher {
 public:
  Publisher(Log& log, size_t threads, size_t records_max);
  ~Publisher();

  /// An empty batch; null: all are under way.
  std::unique_ptr<CommandBatch> TakeIdle();
  void GiveBack(std::unique_ptr<CommandBatch> batch);
  void Publish(std::unique_ptr<CommandBatch> batch);
  /// A batch that was appended, or was not, as its offsets say; null: none now.
  /// It is tried once: whoever takes it back knows whether to try again.
  std::unique_ptr<CommandBatch> TakePublished();
  /// How many are neither idle nor taken back.
  size_t UnderWay() const { return under_way_; }

 private:
  void Run();

  Log& log_;
  /// The caller's.
  std::vector<std::unique_ptr<CommandBatch>> idle_;
  size_t under_way_ = 0;

  absl::Mutex mutex_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<CommandBatch>> queued_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<CommandBatch>> published_ ABSL_GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;
};

}  // namespace slotlog
