// Which commands were published and which were answered, one bit each: that
// every one of them has exactly one answer is counted, never assumed. One
// thread.

#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <vector>

#include "events/ids.h"

namespace slotlog {

class AnswerLedger {
 public:
  explicit AnswerLedger(ShardCount shards);

  void Published(Shard shard, Offset offset);
  /// DATA_LOSS: it was answered before. An answer may be noted before the
  /// command that it answers.
  absl::Status Answered(Shard shard, Offset offset);

  bool IsPublished(Shard shard, Offset offset) const;
  /// All before it are published.
  Offset FirstUnpublished(Shard shard) const;

  uint64_t published() const { return published_; }
  uint64_t answered() const { return answered_; }

  /// DATA_LOSS: names the first command without an answer, or the first answer
  /// without a command.
  absl::Status CheckComplete() const;

 private:
  using Bits = std::vector<uint64_t>;
  /// Sets the bit; was it set?
  static bool Set(Bits& bits, Offset offset);

  struct ShardBits {
    Bits published;
    Bits answered;
  };
  std::vector<ShardBits> shards_;
  uint64_t published_ = 0;
  uint64_t answered_ = 0;
};

}  // namespace slotlog
