// Reads all shards' confirmations, checks that they are numbered without gaps,
// and hands each on. One thread; the log must outlive it.

#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

class ConfirmationReader {
 public:
  /// From the start of every partition.
  static absl::StatusOr<ConfirmationReader> Open(Log& log);

  /// Called for each confirmation, in order within a shard, with the time at
  /// which it came onto the log. An error ends the reading.
  using Visitor = absl::FunctionRef<absl::Status(
      Shard shard, absl::Time stamp, const v1::Confirmation& confirmation)>;

  using NoticeVisitor = absl::FunctionRef<absl::Status(
      Shard shard, absl::Time stamp, const v1::Notice& notice)>;

  /// Visits some of what is there, of every shard; how many records it read.
  /// DATA_LOSS: the log is damaged, or a number is missing.
  absl::StatusOr<size_t> ReadSome(Visitor visit, NoticeVisitor visit_notice);
  void Await(absl::Duration timeout) { consumer_->AwaitRecords(timeout); }
  /// Has it read all that stands before these offsets, one for each shard?
  bool HasReached(absl::Span<const Offset> ends) const;

 private:
  ConfirmationReader(std::unique_ptr<Consumer> consumer, ShardCount shards);
  absl::Status Visit(Shard shard, const Record& record, Visitor visit,
                     NoticeVisitor visit_notice,
                     google::protobuf::Arena& arena);

  std::unique_ptr<Consumer> consumer_;
  /// Of the last record, for each shard.
  std::vector<uint64_t> numbers_;
  /// The arena's first block, so that a usual batch takes no memory anew.
  std::unique_ptr<char[]> arena_block_;
};

}  // namespace slotlog
