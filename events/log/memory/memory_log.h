// A Log in memory, for tests and simulation: Kafka's semantics without Kafka.
// Offsets count records and control markers, so that what is read has gaps;
// readers see committed records below the last stable offset; the newest
// producer of a transactional id fences the ones before it. All of it depends
// on the calls and the clock alone, so that a seed reproduces a history; only
// AwaitRecords waits by the wall clock.
//
// Faults come on demand: `FailNextCommit`, `FailNextAppend`, `DropTail`,
// `DropHead`. Bytes that are no message need no fault, only an Append.
//
// Threads: any (see log.h); the clock is called under the log's lock.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "events/log/memory/memory_partition.h"

namespace slotlog {

class MemoryLog final : public Log {
 public:
  /// `clock` stamps the records (LogAppendTime). Another history needs another
  /// `id`.
  MemoryLog(ShardCount shards, std::function<absl::Time()> clock,
            std::string id = "memory");

  std::string Id() const override { return id_; }
  ShardCount Shards() const override { return shards_; }
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override;
  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override;
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override;

  /// What befalls a commit: what is true, and what the producer is told.
  enum class CommitFault {
    /// Nothing is written; told kNotDone.
    kRefused,
    /// Done, but told kUnknown. Markers are late in `partitions`.
    kUnknownButDone,
    /// The records stand in the log and hold the last stable offsets back until
    /// the producer is opened anew, which aborts them; told kUnknown.
    kUnknownAndOpen,
    /// Done and told so, but in `partitions` the markers are late: records stay
    /// unread and the last stable offset behind until WriteLateMarkers. Opening
    /// the producer anew doesn't write them, so that a recovery which trusts
    /// the last stable offset is caught.
    kMarkersLate,
    /// Told kDone, but in `partitions` the records were aborted: what a late
    /// EndTxn of Kafka's older protocol can do.
    kTorn,
  };
  /// For the next commit with this id that isn't fenced, by whichever producer;
  /// for the commits after it, if it is called several times.
  void FailNextCommit(std::string_view transactional_id, CommitFault fault,
                      std::vector<TopicPartition> partitions = {});

  /// Writes all markers that are late.
  void WriteLateMarkers();

  /// The next Append answers `error`, when the first `written` of its records
  /// stand in the log nevertheless. REQUIRES: !error.ok().
  void FailNextAppend(absl::Status error, size_t written = 0);

  /// What FailNextCommit and FailNextAppend have planned will not come.
  void ForgetPlannedFaults();

  /// The log lost its tail: what stood at `high` and beyond is gone.
  void DropTail(TopicPartition partition, Offset high);

  /// Retention: what stood below `low` is gone.
  /// REQUIRES: low <= last stable offset.
  void DropHead(TopicPartition partition, Offset low);

 private:
  class Producer;
  class Reader;

  struct PlannedFault {
    CommitFault fault;
    std::set<TopicPartition> partitions;
  };
  struct Transaction {
    TransactionNumber number;
    std::set<TopicPartition> partitions;
  };
  /// What is known of a transactional id.
  struct ProducerState {
    uint64_t epoch = 0;
    /// Told kUnknown: only a new producer may go on.
    bool outcome_unknown = false;
    /// Left open by the producer before.
    std::optional<Transaction> open;
    std::deque<PlannedFault> faults;
  };
  struct AppendFault {
    absl::Status error;
    size_t written;
  };
  struct LateMarker {
    TopicPartition partition;
    TransactionNumber transaction;
  };

  absl::StatusOr<CommitOutcome> Commit(std::string_view transactional_id,
                                       uint64_t epoch,
                                       absl::Span<const NewRecord> records);
  /// Appends the records, uncommitted.
  Transaction Write(absl::Span<const NewRecord> records)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Commits the transaction, but not yet where markers are `late`, and aborts
  /// it in the partitions where it is `lost`.
  void End(const Transaction& transaction, const std::set<TopicPartition>& late,
           const std::set<TopicPartition>& lost)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  MemoryPartition& At(TopicPartition partition)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const MemoryPartition& At(TopicPartition partition) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const ShardCount shards_;
  const std::function<absl::Time()> clock_;
  const std::string id_;

  mutable absl::Mutex mutex_;
  std::map<TopicPartition, MemoryPartition> partitions_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, ProducerState, std::less<>> producers_
      ABSL_GUARDED_BY(mutex_);
  TransactionNumber transaction_ ABSL_GUARDED_BY(mutex_);
  std::vector<LateMarker> late_markers_ ABSL_GUARDED_BY(mutex_);
  std::optional<AppendFault> append_fault_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
