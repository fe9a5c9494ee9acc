// Damage to a log that nobody can go on from: who reads it must stop and say
// so. Each of these works on a day that is over, and leaves a log behind that
// is of no more use. OK: somebody stopped.
//
// Threads: one.

#pragma once

#include <absl/status/status.h>

#include "events/log/memory/memory_log.h"
#include "tests/simulation/cluster.h"
#include "tests/simulation/dice.h"

namespace slotlog {

/// A message between shards that was read already stands there once more.
absl::Status ExpectStopAtDoubledMessage(MemoryLog& log, Cluster& cluster,
                                        Dice& dice);

/// A late commit has reached only some of a transaction's partitions: a message
/// is missing, or the events.
absl::Status ExpectStopAtTornTransaction(MemoryLog& log, Cluster& cluster,
                                         Dice& dice);

}  // namespace slotlog
