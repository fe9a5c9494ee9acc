// Is the record of a shard whole? Batches, events, messages and confirmations
// are numbered without gaps, each batch names the one before it, times never go
// back, and every input is decided once and in its order.

#pragma once

#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"

namespace slotlog::oracle {

/// `is_at_rest`: nothing is in flight, so that every input is decided.
void CheckFrame(const ShardRecord& record, bool is_at_rest, Findings& findings);

/// What each shard says that it sent to another is what stands there.
void CheckMessages(const std::vector<ShardRecord>& shards, Findings& findings);

}  // namespace slotlog::oracle
