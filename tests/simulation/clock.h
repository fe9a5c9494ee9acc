// The simulation's time. Nobody waits for it: it stands until somebody moves
// it, and the log's stamps and the workers' clocks are read from it.
//
// Threads: one, like all of the simulation.

#pragma once

#include <absl/time/time.h>

namespace slotlog {

/// The morning on which every simulation begins.
inline constexpr absl::Time kMorning = absl::FromUnixSeconds(1'626'048'000);

struct Clock {
  absl::Time now = kMorning;
};

}  // namespace slotlog
