// Every event names the input that it follows from: one of its batch, or a
// command that was parked before (invariant 5); and the event's digest is that
// input's, as is its asked_at if it does not answer an earlier command
// (invariant 6: windows are judged by asked_at). Not thread-safe.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>

#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/open_inputs.h"

namespace slotlog::verify {

class CauseChecks {
 public:
  explicit CauseChecks(Findings& findings) : findings_(findings) {}

  /// `open` has the batch's inputs.
  void Check(const DecidedBatch& batch, const v1::Event& event,
             const OpenInputs& open);

 private:
  void Compare(const Place& place, const v1::Event& event,
               std::optional<absl::Time> asked_at, uint64_t digest);

  Findings& findings_;
};

}  // namespace slotlog::verify
