// One partition of a MemoryLog: records and control markers, one after the
// other, as Kafka lays them out. A transaction's records stand open until a
// marker, which takes an offset of its own, commits or aborts them; the first
// open one is the last stable offset, and nobody reads beyond it.
//
// Not thread-safe: the MemoryLog that owns it holds its lock.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

/// A transaction's name within a MemoryLog, counted from 1 as they begin.
using TransactionNumber = Number<struct TransactionTag, uint64_t>;
/// Marks what was appended without a transaction.
inline constexpr TransactionNumber kNoTransaction{0};

class MemoryPartition {
 public:
  /// Stamped `now`, in whole milliseconds, or as the record before it if that
  /// is later. REQUIRES: transactions begin here in the order of their numbers.
  Offset Append(const NewRecord& record, absl::Time now,
                TransactionNumber transaction);

  /// Appends the transaction's marker, and its records are committed or
  /// aborted. Does nothing if it isn't open here.
  void EndTransaction(TransactionNumber transaction, bool committed,
                      absl::Time now);

  Watermarks GetWatermarks() const;

  /// Whether it can be read from here: low <= from <= high watermark.
  bool Contains(Offset from) const;

  /// Whether a Read from here would give a record. REQUIRES: Contains(from).
  bool HasRecords(Offset from) const;

  struct ReadResult {
    RecordBatch batch;
    /// Where the next Read goes on.
    Offset next;
  };
  /// Limits as in Consumer::Fetch. REQUIRES: Contains(from).
  ReadResult Read(Offset from, size_t records_max, size_t bytes_max) const;

  /// Forgets what stands at `high` and beyond. What stays is committed, aborted
  /// or open as it was.
  void DropTail(Offset high);

  /// Forgets what stands below `low`. REQUIRES: low <= last stable offset.
  void DropHead(Offset low);

 private:
  enum class State { kOpen, kCommitted, kAborted, kMarker };
  struct Bytes {
    std::string key;
    std::string value;
    std::string traceparent;
  };
  struct Entry {
    State state;
    TransactionNumber transaction;
    absl::Time timestamp;
    std::shared_ptr<const Bytes> bytes;
  };

  Offset High() const;
  const Entry& At(Offset offset) const;
  void AppendEntry(State state, TransactionNumber transaction, absl::Time now,
                   std::shared_ptr<const Bytes> bytes);

  Offset low_;
  std::deque<Entry> entries_;
  /// The last stamp given, also if its record was dropped.
  absl::Time timestamp_ = absl::InfinitePast();
  /// The open transactions and where each begins; numbers and offsets ascend
  /// together.
  std::map<TransactionNumber, Offset> open_;
};

}  // namespace slotlog
