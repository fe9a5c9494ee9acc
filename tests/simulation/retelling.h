// The log tells the day again: what was decided, decided anew from the recorded
// inputs and times, is the same to the byte, and the state folded on the way is
// the live one, row for row.
//
// Threads: one.

#pragma once

#include <absl/status/status.h>

#include "events/log/log.h"
#include "services/reservation/state.h"

namespace slotlog {

/// OK: it is so, for the shard of which `live` is the state.
absl::Status CheckRetold(Log& log, const State& live);

}  // namespace slotlog
