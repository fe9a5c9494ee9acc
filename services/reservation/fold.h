// What a batch of events does to the state. Fold is total, and its steps are
// the only thing that changes a State: a replay and every tool that rebuilds
// history call it, and a live shard takes the same steps on the overlay of the
// batch that it decides (batch.h).

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

/// Fold's two parts, which a batch that is being decided takes one by one on
/// its overlay: what an event does to the rows, and what the header does to the
/// head.
void Apply(const v1::Event& event, State& state);
void FoldHead(const v1::EventBatch& batch, const BatchDigest& digest,
              Head& head);

}  // namespace slotlog
