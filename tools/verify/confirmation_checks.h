// Invariant 3, in one shard: every command and every operation that is decided
// has exactly one terminal confirmation, or waits for one: parked, or in a
// conversation. Each confirmation says what its event says, to whom its record
// belongs. Bytes that are no message have a dead letter instead. Not
// thread-safe.

#pragma once

#include <string>
#include <vector>

#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/open_inputs.h"

namespace slotlog::verify {

class ConfirmationChecks {
 public:
  ConfirmationChecks(ShardCount shards, Findings& findings)
      : shards_(shards), findings_(findings) {}

  /// After `open` has followed the batch's events; closes what is answered.
  void Check(const DecidedBatch& batch, OpenInputs& open);

 private:
  void CheckConfirmation(const DecidedBatch& batch,
                         const WrittenConfirmation& written,
                         std::vector<bool>& answered, OpenInputs& open);
  /// Answers that the batch decided, and that no confirmation gives.
  void CheckAnswersGiven(const DecidedBatch& batch,
                         const std::vector<bool>& answered, OpenInputs& open);
  /// Inputs of this batch that are neither answered nor wait.
  void CheckNoneIsForgotten(const DecidedBatch& batch,
                            const std::vector<DecidedInput>& inputs,
                            OpenInputs& open);
  void CheckDeadLetters(const DecidedBatch& batch);
  void Violated(const Place& place, std::string what);

  const ShardCount shards_;
  Findings& findings_;
};

}  // namespace slotlog::verify
