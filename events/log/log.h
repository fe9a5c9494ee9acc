// The message log, as slotlog sees it: six topics with the same number of
// partitions each, plain appends, transactions over many partitions, and
// readers that see committed records only.
//
// Three logs stand behind this interface (embedded, Kafka, in memory) and
// nobody above can tell which: tests/conformance/log_conformance.h says what
// each must do. The words are Kafka's.
//
// Threads: a Log may be used from many threads at once. A TransactionalProducer
// and a Consumer belong to one thread at a time.
//
// Ownership: a Log outlives the producers and consumers that it made.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"

namespace slotlog {

/// The numbers are those of the contract's enum Topic.
enum class Topic : uint8_t {
  kCommands = 1,
  kOperations = 2,
  kInternal = 3,
  kEvents = 4,
  kConfirmations = 5,
  kDeadLetters = 6,
};
inline constexpr Topic kTopics[] = {Topic::kCommands,      Topic::kOperations,
                                    Topic::kInternal,      Topic::kEvents,
                                    Topic::kConfirmations, Topic::kDeadLetters};

/// "commands", ..., "dead-letters".
std::string_view NameOf(Topic topic);

struct TopicPartition {
  Topic topic;
  Shard shard;
  friend auto operator<=>(const TopicPartition&,
                          const TopicPartition&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const TopicPartition& p) {
    return H::combine(std::move(h), p.topic, p.shard);
  }
};

/// "commands/3".
std::string DebugString(TopicPartition partition);

/// A record to be written. The bytes are the caller's until the call returns.
struct NewRecord {
  TopicPartition to;
  std::string_view key;
  std::string_view value;
  /// The record's header `traceparent` (events/trace_parent.h); empty: none.
  /// 65,535 bytes at most.
  std::string_view traceparent = {};
};

/// A record that was read; its bytes live as long as its RecordBatch.
struct Record {
  Offset offset;
  /// LogAppendTime, in whole milliseconds: never decreasing in a partition.
  absl::Time timestamp;
  std::string_view key;
  std::string_view value;
  /// As whoever wrote it wished: nobody has looked at it.
  std::string_view traceparent = {};
};

/// Consecutive records of one partition, with whatever holds their bytes.
struct RecordBatch {
  std::vector<Record> records;
  std::vector<std::shared_ptr<const void>> owners;
};

/// What became of a transaction.
enum class CommitOutcome {
  /// All its records are durable and will be read.
  kDone,
  /// None of its records will ever be read. The producer can go on.
  kNotDone,
  /// Nobody knows yet: throw away what was decided, open the producer anew and
  /// read what the log holds.
  kUnknown,
  /// Another producer with this id was opened: this one is over.
  kFenced,
};

class TransactionalProducer {
 public:
  virtual ~TransactionalProducer() = default;

  /// Writes all records in one transaction: all of them are read or none. With
  /// kDone they are durable. An error status means kNotDone, with the reason
  /// (RESOURCE_EXHAUSTED: the disk is full).
  virtual absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) = 0;
};

/// Reads the committed records of the partitions it was made for.
class Consumer {
 public:
  virtual ~Consumer() = default;

  /// The next records of `partition`, in order, without waiting: at most
  /// `records_max` and, beyond the first, at most about `bytes_max` of keys and
  /// values. Empty: nothing is there now. DATA_LOSS: the log is damaged.
  virtual absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                            size_t records_max,
                                            size_t bytes_max) = 0;

  /// The offset at which the next Fetch goes on: beyond the last record given,
  /// and beyond whatever stands there that is no record.
  virtual Offset Position(TopicPartition partition) const = 0;

  /// Waits until a Fetch of some partition would give records, or for so long.
  /// May come back early.
  virtual void AwaitRecords(absl::Duration timeout) = 0;
};

struct Position {
  TopicPartition partition;
  Offset offset;
};

struct Watermarks {
  /// The first offset that can be read.
  Offset low;
  /// Up to here (exclusive) everything is committed or aborted.
  Offset last_stable;
  /// The offset that the next record gets.
  Offset high;
};

class Log {
 public:
  virtual ~Log() = default;

  /// Made when the log was made: another id is another history.
  virtual std::string Id() const = 0;
  virtual ShardCount Shards() const = 0;

  /// Appends without a transaction, in order for each partition. When it
  /// returns, all records are durable; the offsets are in the order of the
  /// records. On an error none was acknowledged, but some may be read later
  /// (RESOURCE_EXHAUSTED: the disk is full).
  virtual absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) = 0;

  /// The producer of this transactional id; fences whoever had it and aborts
  /// what that one left open. CANCELLED: a stop was requested before it was
  /// open, which may have fenced that one nevertheless.
  virtual absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) = 0;

  /// Makes ready what can be before OpenProducer of this id, without taking the
  /// id from whoever has it: for who stands by, and is to be quick. Calling it
  /// again changes nothing. UNAVAILABLE: the log's server does not answer.
  /// INVALID_ARGUMENT: the id is none.
  virtual absl::Status PrepareProducer(std::string_view /*transactional_id*/) {
    return absl::OkStatus();
  }

  /// A consumer that reads each partition from the offset given, committed
  /// records only. OUT_OF_RANGE: an offset is below the low or above the high
  /// watermark.
  virtual absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) = 0;

  virtual absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const = 0;
};

}  // namespace slotlog
