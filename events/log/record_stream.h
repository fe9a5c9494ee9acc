// One partition, read record by record to the end of what is committed, also
// while others write. What was taken stays readable until `Forget`.
//
// Belongs to one thread; the log and the consumer outlive it. Streams may share
// a consumer.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <deque>
#include <optional>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

class RecordStream {
 public:
  /// REQUIRES: `consumer` was opened for `partition` at `from`.
  RecordStream(const Log& log, Consumer& consumer, TopicPartition partition,
               Offset from)
      : log_(log), consumer_(consumer), partition_(partition), from_(from) {}

  /// The next record, without taking it; null at the end of what is committed
  /// now.
  absl::StatusOr<const Record*> Peek();

  /// The next record before `end`, also if it is in a transaction that is open
  /// now: waits for that to be over. Null: no record stands there any more.
  /// REQUIRES: `end` is not above the high watermark.
  absl::StatusOr<const Record*> Await(Offset end);
  /// Up to the high watermark of now: what was written is seen, though the
  /// markers of its transaction come to each partition at their own time.
  absl::StatusOr<const Record*> Await();

  /// The high watermark of now.
  absl::StatusOr<Offset> End() const;

  /// REQUIRES: Peek or Await gave a record.
  void Take() { ++next_; }

  /// Lets go of the records that were taken.
  void Forget();

  TopicPartition Partition() const { return partition_; }

  /// Where reading began.
  Offset From() const { return from_; }

  /// Everything before this offset was taken.
  Offset Position() const;

 private:
  bool IsEmpty() const {
    return batches_.empty() || next_ == batches_.back().records.size();
  }
  /// False: no record stands before `end`, or, where none is given, the end of
  /// what is committed now is reached.
  absl::StatusOr<bool> FetchMore(std::optional<Offset> end);
  absl::StatusOr<const Record*> Next(std::optional<Offset> end);

  const Log& log_;
  Consumer& consumer_;
  const TopicPartition partition_;
  const Offset from_;
  /// Those before the last one are taken.
  std::deque<RecordBatch> batches_;
  /// Of the last batch: how many are taken.
  size_t next_ = 0;
};

}  // namespace slotlog
