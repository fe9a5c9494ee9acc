// Ctrl-C and SIGTERM, for commands that end at their next good moment.
// Thread-safe.

#pragma once

namespace slotlog {

/// From now on the first SIGINT or SIGTERM asks to stop, and the next one has
/// its usual effect.
void StopOnSignals();

bool IsStopAsked();

}  // namespace slotlog
