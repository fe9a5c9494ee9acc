// What readers may see of the journal, and where it stands: for each partition
// its end, a sparse index into the file (so that finding a record costs reading
// at most about kIndexStepBytes of heads), and the records written last, kept
// in memory. Frames become visible whole, in groups, once they are durable.
//
// Threads: safe from many at once.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "events/ids.h"
#include "events/log/embedded/frame.h"
#include "events/log/log.h"

namespace slotlog {

/// A partition gets an entry of the index for at most each so many bytes of
/// journal.
inline constexpr uint64_t kIndexStepBytes = 64 * 1024;

/// Where the next record of a partition goes.
struct PartitionEnd {
  Offset next_offset;
  /// The last record's: times never decrease.
  absl::Time append_time = absl::InfinitePast();
};

class JournalIndex {
 public:
  /// Keeps about `tail_bytes_max` of the frames written last in memory.
  JournalIndex(ShardCount shards, size_t tail_bytes_max);

  /// Takes up a frame found in the file. INTERNAL: it does not go on where its
  /// partitions end.
  absl::Status AddFound(const FrameHead& head);
  /// Makes frames visible, all at once, and wakes who waits for them.
  /// REQUIRES: sealed, durable, and going on where their partitions end.
  void Publish(absl::Span<const std::shared_ptr<const JournalFrame>> frames);

  /// Of all partitions, by PartitionOrdinal.
  std::vector<PartitionEnd> Ends() const;
  Offset EndOf(TopicPartition partition) const;

  /// Where a record is to be read.
  struct Place {
    /// The section that holds it, if it is in memory.
    std::optional<FrameSection> in_tail;
    /// Otherwise: a frame at or before the one that holds it, and the length of
    /// the journal that may be read.
    uint64_t position;
    uint64_t journal_length;
  };
  /// None: there is no such record yet.
  std::optional<Place> Find(TopicPartition partition, Offset offset) const;

  /// Waits until one of these offsets is below its partition's end, or for so
  /// long.
  void AwaitBeyond(absl::Span<const Position> offsets, absl::Duration timeout);

 private:
  struct Entry {
    Offset base_offset;
    uint64_t position;
  };
  struct Partition {
    PartitionEnd end;
    std::vector<Entry> entries;
    std::deque<FrameSection> tail;
  };
  struct Waiter {
    absl::Span<const Position> offsets;
    std::condition_variable woken;
  };

  size_t Ordinal(TopicPartition partition) const {
    return PartitionOrdinal(partition, shards_);
  }
  // REQUIRES for all below: mutex_ is held.
  void AddSection(const SectionHead& section, uint64_t position);
  void AddToTail(std::shared_ptr<const JournalFrame> frame);
  void DropFromTail(std::vector<std::shared_ptr<const JournalFrame>>& dropped);
  bool AnyBelowEnd(absl::Span<const Position> offsets) const;

  const ShardCount shards_;
  const size_t tail_bytes_max_;
  mutable std::mutex mutex_;
  uint64_t journal_length_ = kPreambleLength;
  std::vector<Partition> partitions_;
  std::deque<std::shared_ptr<const JournalFrame>> tail_;
  size_t tail_bytes_ = 0;
  std::vector<Waiter*> waiters_;
};

}  // namespace slotlog
