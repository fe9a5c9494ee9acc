// Invariant 5, as far as a shard's batches alone tell it: each batch continues
// the one before. After a violation it goes on from what the batch says, so
// that one mistake is found once. Not thread-safe.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/digest.h"
#include "events/ids.h"
#include "slotlog/v1/events.pb.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

class FrameChecks {
 public:
  FrameChecks(Shard shard, ShardCount shards, Findings& findings);

  /// The next batch, and the bytes of its record.
  void Check(const v1::EventBatch& batch, std::string_view record,
             const Place& place);
  /// The record instead of a batch is none: the chain goes on over its bytes.
  void SkipUndecodable(std::string_view record);

  /// Totals after the last batch.
  uint64_t MessagesSentTo(Shard destination) const {
    return sent_[destination.value];
  }
  uint64_t ConfirmationsSent() const { return confirmations_sent_; }
  /// The line's time after it.
  int64_t NowUnixMs() const { return now_unix_ms_; }

 private:
  void CheckOwner(const v1::EventBatch& batch, const Place& place);
  void CheckChain(const v1::EventBatch& batch, const Place& place);
  void CheckSequences(const v1::EventBatch& batch, const Place& place);
  void CheckTimes(const v1::EventBatch& batch, const Place& place);
  void CheckCounters(const v1::EventBatch& batch, const Place& place);
  void Violated(const Place& place, std::string what);

  const Shard shard_;
  const ShardCount shards_;
  Findings& findings_;
  Epoch epoch_;
  uint64_t number_ = 0;
  BatchDigest digest_{};
  Sequence next_sequence_{1};
  int64_t now_unix_ms_ = 0;
  int64_t decided_at_unix_ms_ = 0;
  std::vector<uint64_t> sent_;
  uint64_t confirmations_sent_ = 0;
};

}  // namespace slotlog::verify
