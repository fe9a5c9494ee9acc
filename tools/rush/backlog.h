// Commands whose append was refused, until they can be appended. Some of the
// records of such an append may stand in the log all the same: they are looked
// for, and counted as published, before the rest is appended again. So no
// command is published twice because the disk was full, or the log away.
//
// One thread.

#pragma once

#include <absl/status/status.h>

#include <deque>
#include <memory>

#include "events/log/log.h"
#include "tools/rush/publisher.h"
#include "tools/rush/tally.h"

namespace slotlog {

class Backlog {
 public:
  /// Both must outlive the backlog.
  Backlog(Log& log, Tally& tally) : log_(log), tally_(tally) {}

  void Add(std::unique_ptr<CommandBatch> batch) {
    batches_.push_back(std::move(batch));
  }
  bool IsEmpty() const { return batches_.empty(); }

  /// Takes out of the batches what stands in the log and was not counted; on an
  /// error, what was found until then.
  /// REQUIRES: nothing is being appended.
  absl::Status TakeOutWritten();

  /// A batch to append again, which may have no record left; null: none.
  std::unique_ptr<CommandBatch> Take();

 private:
  class Records;
  absl::Status TakeOutWrittenTo(Shard shard, Records& records);

  Log& log_;
  Tally& tally_;
  std::deque<std::unique_ptr<CommandBatch>> batches_;
};

}  // namespace slotlog
