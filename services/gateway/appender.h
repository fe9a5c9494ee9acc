// Brings records to the log, many at once: whoever has one hands it over and is
// called when it is durable. While one append is on its way the next ones
// gather, and go together: one write, one fdatasync, one answer of the broker
// for all of them.
//
// Bounded: beyond so many records or bytes that are not durable yet it takes no
// more, at once, so that memory never grows and a client can be told to come
// back.
//
// Threads: Append from any. The callbacks run on the appender's threads, must
// be quick and may append.
//
// Ownership: the log outlives it. The destructor appends what was taken.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "events/log/log.h"

namespace slotlog {

struct AppenderLimits {
  /// Taken and not durable yet.
  size_t pending_records_max = 50'000;
  size_t pending_bytes_max = size_t{64} << 20;
  /// Of one append.
  size_t batch_records_max = 4'096;
  size_t batch_bytes_max = size_t{1} << 20;
  /// Appends on their way at a time: more than one hides the time that a
  /// cluster takes to answer.
  int threads = 1;
};

struct AppenderFigures {
  size_t pending_records = 0;
  size_t pending_bytes = 0;
  uint64_t appended_records = 0;
  uint64_t appends = 0;
  uint64_t failed_appends = 0;
  /// Records that were not taken.
  uint64_t refused_records = 0;
};

class Appender {
 public:
  /// Gets the record's offset, or why it is not known to be durable: then it
  /// may be read all the same (log.h).
  using Done = absl::AnyInvocable<void(absl::StatusOr<Offset>)>;

  Appender(Log& log, AppenderLimits limits);
  ~Appender();
  Appender(const Appender&) = delete;

  /// UNAVAILABLE: too much waits already, and `done` is not called.
  absl::Status Append(TopicPartition to, std::string key, std::string value,
                      Done done, std::string traceparent = {});

  AppenderFigures figures() const;

 private:
  struct Pending {
    TopicPartition to;
    std::string key;
    std::string value;
    Done done;
    std::string traceparent;
    size_t bytes() const {
      return key.size() + value.size() + traceparent.size();
    }
  };

  void Run();
  /// Waits; empty: it is over.
  std::vector<Pending> TakeBatch();
  void AppendBatch(std::vector<Pending> batch);

  Log& log_;
  const AppenderLimits limits_;
  mutable absl::Mutex mutex_;
  bool is_ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Pending> waiting_ ABSL_GUARDED_BY(mutex_);
  AppenderFigures figures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

/// What a record's Done got, told apart from a record that was not taken:
/// FAILED_PRECONDITION, or RESOURCE_EXHAUSTED as it is.
absl::Status NotKnownToBeDurable(const absl::Status& status);

}  // namespace slotlog
