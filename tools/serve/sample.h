// A small supply to play with: three sites, a week of slots from tomorrow on,
// and the campaign "sample", which admits everybody. As operations, so that it
// comes to be as any other; what is there already is left alone.
//
// Threads: any.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "events/log/log.h"

namespace slotlog {

/// Durable when it returns, and decided a moment later.
absl::Status AppendSample(Log& log, absl::Time now);

}  // namespace slotlog
