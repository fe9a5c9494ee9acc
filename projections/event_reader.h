// The events of all shards, batch by batch, from where they are folded to. It
// sees to it that what comes next continues what is folded: numbers, digests
// and sequences without a gap, and at first that the batch folded last stands
// in the log at all.
//
// Threads: one at a time. The log outlives it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/arena.h>

#include <functional>
#include <memory>
#include <vector>

#include "events/log/log.h"
#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class EventReader {
 public:
  /// DATA_LOSS: the log is shorter than that.
  static absl::StatusOr<std::unique_ptr<EventReader>> Open(
      Log& log, std::vector<FoldedTo> from);

  /// Takes a batch, and what is folded after it.
  using Visit =
      std::function<absl::Status(const v1::EventBatch&, const FoldedTo&)>;

  /// Visits the shard's next batches, at most `batches_max` of those that are
  /// there now: how many, with the one that shows that what is folded stands.
  /// DATA_LOSS: they do not continue what is folded. FAILED_PRECONDITION: a
  /// newer program wrote them.
  absl::StatusOr<size_t> Read(Shard shard, size_t batches_max,
                              const Visit& visit);

  /// Waits until each shard's first record has shown that what is folded stands
  /// in the log. DATA_LOSS: it does not. DEADLINE_EXCEEDED: the log gives
  /// nothing for half a minute.
  absl::Status AwaitVerified();

  void Await(absl::Duration timeout) { consumer_->AwaitRecords(timeout); }

  const FoldedTo& folded(Shard shard) const { return folded_[shard.value]; }
  const std::vector<FoldedTo>& folded() const { return folded_; }
  /// Where it reads on in the shard's events.
  Offset next(Shard shard) const;

 private:
  EventReader(std::vector<FoldedTo> from, std::unique_ptr<Consumer> consumer);

  absl::Status Take(Shard shard, const Record& record, const Visit& visit);
  absl::Status CheckStands(Shard shard, const v1::EventBatch& batch,
                           const BatchDigest& digest);

  std::vector<FoldedTo> folded_;
  /// It was seen in the log.
  std::vector<bool> is_verified_;
  std::unique_ptr<Consumer> consumer_;
  google::protobuf::Arena arena_;
};

}  // namespace slotlog
