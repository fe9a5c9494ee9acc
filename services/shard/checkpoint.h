// Checkpoints, off the hot path: a shard seals its changed rows and goes on
// deciding, and one thread encodes them, sorts them and writes them to the
// shard's store in one atomic step.

#pragma once

#include <absl/status/status.h>
#include <absl/synchronization/notification.h>

#include <functional>
#include <memory>

#include "events/store/store.h"
#include "services/shard/cached_state.h"
#include "services/shard/row_codec.h"

namespace slotlog {

/// Runs a piece of work later on a thread of its own; or at once, in tests.
using Executor = std::function<void(std::function<void()>)>;

/// A checkpoint that is being written, or the last one that was.
class Checkpoint {
 public:
  /// The store outlives the checkpoint's work. The one before is let go of on
  /// the executor's thread, because its rows are many to destroy.
  static std::shared_ptr<Checkpoint> Begin(SealedRows rows,
                                           CheckpointPosition position,
                                           Store& store,
                                           const Executor& executor,
                                           std::shared_ptr<Checkpoint> before);

  bool IsDone() const { return done_.HasBeenNotified(); }
  /// Waits until it is done: published, or why not.
  absl::Status Await() const;

 private:
  SealedRows rows_;
  absl::Notification done_;
  absl::Status status_;
};

}  // namespace slotlog
