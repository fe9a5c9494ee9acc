// What the slotlog command ends with. Scripts rely on these.

#pragma once

namespace slotlog {

inline constexpr int kExitOk = 0;
/// It ran, and the answer is no.
inline constexpr int kExitViolated = 1;
/// It could not run: wrong usage, no log, an unreadable one. Or it could not
/// write what it found.
inline constexpr int kExitCouldNotRun = 2;
/// It is done, but for rows that are bad or refused.
inline constexpr int kExitRowsLeftOut = 3;
/// Stopped by Ctrl-C or SIGTERM: as a shell says of what SIGINT ended.
inline constexpr int kExitStopped = 130;

}  // namespace slotlog
