// How far the line is, shard by shard, as the events tell it: the next command
// to be decided, the line's time, and what was answered so far.
//
// Threads and ownership: projection.h.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "projections/projection.h"

namespace slotlog {

struct LineProgress {
  /// The next command to be decided.
  Offset decided;
  /// The owner's; 0: nothing was decided yet.
  Epoch epoch;
  Sequence sequence;
  /// The line's time; the Unix epoch before the first command.
  absl::Time now;
  /// Of the last batch.
  absl::Time decided_at;
  /// Commands answered so far; of them, those that gave a seat, and those that
  /// were refused.
  int64_t answered = 0;
  int64_t confirmed = 0;
  int64_t refused = 0;

  friend bool operator==(const LineProgress&, const LineProgress&) = default;
};

class Progress final : public Projection {
 public:
  static constexpr std::string_view kName = "line";
  static constexpr uint32_t kVersion = 1;
  static constexpr uint32_t kLayout = 1;

  explicit Progress(std::unique_ptr<Rows> rows);

  absl::Status Load() override;
  void Fold(const v1::EventBatch& batch) override;

  LineProgress Of(Shard shard) const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<LineProgress> shards_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
