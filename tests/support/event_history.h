// Events of shards, written by hand as protobuf's text: a batch at a time,
// numbered and chained as an owner does it, for tests of what reads them.
//
//   EventHistory history(ShardCount{2});
//   history.Next(Shard{1}, "events { site_defined { ... } }");
//
// Threads: one at a time.

#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "events/digest.h"
#include "events/log/log.h"
#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class EventHistory {
 public:
  explicit EventHistory(ShardCount shards)
      : count_(shards), folded_(shards.value) {}

  /// The shard's next batch: what `text` says, the rest filled in. Fails the
  /// test if it is no text of a batch.
  v1::EventBatch Next(Shard shard, const std::string& text);
  /// The same, appended to the log's events.
  v1::EventBatch Write(Log& log, Shard shard, const std::string& text);

  /// What is folded after the last batch, at offsets 0, 1, ...
  const FoldedTo& folded(Shard shard) const { return folded_[shard.value]; }

  /// Of the batches to come; the line's time is the same.
  absl::Time now = absl::FromUnixSeconds(1'626'048'000);

 private:
  const ShardCount count_;
  std::vector<FoldedTo> folded_;
};

}  // namespace slotlog
