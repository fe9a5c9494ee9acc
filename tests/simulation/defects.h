// Mistakes that a core could make, for the test of the test: each breaks a
// worker on purpose, at a seam where it stands already (between it and the log,
// its store or the other shards), so that the code under test is the one that
// runs in earnest. The simulation must find every one.

#pragma once

#include "tests/simulation/cluster.h"

namespace slotlog {

/// Who takes a shard over believes that nobody sits in its slots: the capacity
/// is not checked against what was taken before.
Seams SeatsForgottenAtTakeover();

/// The same of what campaigns have taken of its sites.
Seams LimitsForgottenAtTakeover();

/// The state is what a batch made of it, though its commit was refused.
Seams FoldedThoughNotCommitted();

/// The answers to command ids do not outlive the memory in which they were
/// given: sent again, a command is decided anew.
Seams CommandIdsForgotten();

/// An answer of a slot's shard counts whatever its turn.
Seams TurnsIgnored();

/// Who takes a shard over folds its events up to the last stable offset, and
/// not up to the high watermark.
Seams ReplayedToLastStableOffset();

}  // namespace slotlog
