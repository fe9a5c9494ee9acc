// The shard's agenda, as its batches tell it (invariant 5): its steps are
// numbered without gaps and counted by the batches, stand behind what a batch's
// inputs caused, and are of the line's time, or of a command's that they
// answer; and what only the agenda may do is caused by nothing else. Not
// thread-safe.

#pragma once

#include <cstdint>
#include <string>

#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/open_inputs.h"

namespace slotlog::verify {

class AgendaChecks {
 public:
  explicit AgendaChecks(Findings& findings) : findings_(findings) {}

  /// `open` has followed the batch's events before this one.
  void Check(const DecidedBatch& batch, const v1::Event& event,
             const OpenInputs& open);
  void EndBatch(const DecidedBatch& batch);

  /// The last batch had room for a step and took none.
  bool NothingWasDue() const { return nothing_was_due_; }

 private:
  void CheckStep(const DecidedBatch& batch, const v1::Event& event,
                 const OpenInputs& open);
  void CheckOrder(const DecidedBatch& batch, const v1::Event& event,
                  const OpenInputs& open);
  void Violated(const Place& place, std::string what);

  Findings& findings_;
  /// Of all batches before this one.
  uint64_t steps_ = 0;
  /// Seen up to this event.
  uint64_t steps_seen_ = 0;
  bool is_in_steps_ = false;
  bool nothing_was_due_ = false;
};

}  // namespace slotlog::verify
