// What a batch of events does to the state. Fold is total, and the only thing
// that changes a State: a live shard, a replay and every tool that rebuilds
// history call this same function.

#pragma once

#include <absl/status/status.h>

#include "events/digest.h"
#include "services/reservation/state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// Does this batch come right after what `head` has seen? If not, the log is
/// torn or not this shard's, and the error (DATA_LOSS) says how.
absl::Status CheckContinues(const Head& head, const v1::EventBatch& batch);

/// Folds the batch into rows and head. `digest` is that of the batch's record.
/// REQUIRES: CheckContinues is OK.
void Fold(const v1::EventBatch& batch, const BatchDigest& digest, State& state);

/// What one event does to the rows; Fold's step, and what a batch that is being
/// decided does to its overlay.
void Apply(const v1::Event& event, State& state);

}  // namespace slotlog
