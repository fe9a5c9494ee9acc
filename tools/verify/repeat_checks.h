// Invariant 3, in a citizen's shard: a command that is sent again gets its
// first answer again. The event that says so names the one that gave the first
// answer: an earlier one of this shard, to the same command of the same
// citizen, with the same outcome and reason.
//
// Keeps 4 bytes for each event of the shard, whatever it is: so a look-up needs
// neither keys nor a second reading. Another outcome or reason is always seen;
// the answer to another command is taken for this one's once in 2^32 times.
//
// Not thread-safe.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/ids.h"
#include "tools/verify/answer.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

class RepeatChecks {
 public:
  RepeatChecks(ShardCount shards, Findings& findings)
      : shards_(shards), findings_(findings) {}

  /// Called for each event, in order.
  void Check(const DecidedBatch& batch, const v1::Event& event);

 private:
  /// Of what was answered to which command; never kNoAnswer.
  using Fingerprint = uint32_t;
  static constexpr Fingerprint kNoAnswer = 0;
  static Fingerprint FingerprintOf(const Answer& answer);

  bool WasGivenBy(Sequence sequence, const Answer& answer) const;
  void Remember(Sequence sequence, Fingerprint fingerprint);

  const ShardCount shards_;
  Findings& findings_;
  /// By sequence, from `first_` on: what each event answered for the first
  /// time.
  std::vector<Fingerprint> first_answers_;
  Sequence first_{1};
};

}  // namespace slotlog::verify
