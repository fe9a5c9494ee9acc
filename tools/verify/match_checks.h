// What no shard can tell alone, at a cut through all histories where whatever
// was received had been sent: that every message sent is there (invariant 5),
// that seats and claims match one to one by turn (invariant 4), and that nobody
// waits for an answer that nobody owes (invariant 3).
//
// REQUIRES of all: the audits are one for each shard, in order. They stay
// untouched meanwhile.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <cstdint>
#include <memory>

#include "events/ids.h"
#include "tools/verify/findings.h"
#include "tools/verify/shard_audit.h"

namespace slotlog::verify {

using ShardAudits = absl::Span<const std::unique_ptr<ShardAudit>>;
/// The shard of the audit at this index.
inline Shard ShardAt(size_t index) {
  return Shard{static_cast<uint32_t>(index)};
}

/// Advances the shards that lag behind what others have received of them.
absl::Status CloseCut(ShardAudits audits);

/// After CloseCut: compares what was sent with what is there; returns how many
/// messages are sent and not received yet. The audits cannot advance any more.
absl::StatusOr<uint64_t> CheckMessages(ShardAudits audits, Findings& findings);

/// Seats and claims. A claim in a conversation may have its seat or not; what
/// a slot's shard did by itself may be on its way.
void CheckSeatsMatchClaims(ShardAudits audits, Findings& findings);

/// Parked commands wait for an open conversation of their citizen, or for the
/// end of a hold whose time is over; and where no message is on its way, no
/// conversation is open but those of moves that wait for a swap.
void CheckNobodyWaitsInVain(ShardAudits audits, uint64_t messages_in_flight,
                            Findings& findings);

}  // namespace slotlog::verify
