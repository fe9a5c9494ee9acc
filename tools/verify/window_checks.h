// Invariant 6, in a citizen's shard: whoever is booked asked while the
// campaign's window was open, and is of its cohort. The campaign is the one
// that the shard knows at that event; stamp and birth date are those of the
// command's own record, as far as the log keeps it. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>

#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/open_inputs.h"

namespace slotlog::verify {

class WindowChecks {
 public:
  explicit WindowChecks(Findings& findings) : findings_(findings) {}

  void Check(const DecidedBatch& batch, const v1::Event& event,
             const OpenInputs& open);

 private:
  void Follow(const v1::Campaign& campaign);
  void Follow(const v1::Booked& booked, const OpenInput* command,
              int64_t asked_at_unix_ms, const Place& place);

  Findings& findings_;
  absl::flat_hash_map<std::string, v1::Campaign> campaigns_;
};

}  // namespace slotlog::verify
