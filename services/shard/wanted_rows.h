// Which rows deciding an input will look at, so that one read of the store
// brings a whole batch's. A row that is missed here is read when it is looked
// at.

#pragma once

#include "services/reservation/input.h"
#include "services/shard/cached_state.h"

namespace slotlog {

/// Names the input's rows to `state` (CachedState::Want).
void WantRows(const Input& input, CachedState& state);

/// Brings the rows of so many steps of the agenda, if it is due.
void WantDueRows(uint64_t steps, CachedState& state);

}  // namespace slotlog
