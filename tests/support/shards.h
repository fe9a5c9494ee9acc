// All shards of a log on one thread, with stores in memory: for tests that
// decide when which shard takes a step, and when it dies.

#pragma once

#include <absl/time/time.h>

#include <map>
#include <memory>
#include <vector>

#include "events/log/log.h"
#include "events/store/memory/memory_store.h"
#include "services/shard/shard_loop.h"

namespace slotlog {

class Shards {
 public:
  /// Recovers every shard. The log and the clock outlive the shards.
  Shards(Log& log, std::function<absl::Time()> clock, size_t memory_bytes,
         uint64_t checkpoint_events_max);

  ShardLoop& at(Shard shard) { return *loops_.at(shard); }
  MemoryStore& store(Shard shard) { return *stores_.at(shard); }
  bool IsOwned(Shard shard) const { return loops_.contains(shard); }

  /// One step of one shard, which is recovered first if it is dead or lost.
  /// Errors fail the test. True: it decided something.
  bool Step(Shard shard);

  /// As kill -9: whatever was not committed is gone; the store stays.
  void Kill(Shard shard) { loops_.erase(shard); }
  absl::Status Recover(Shard shard);
  /// The disk of this shard is lost.
  void LoseStore(Shard shard);

  /// Steps every shard until none has anything to do.
  void RunUntilIdle();

 private:
  Log& log_;
  ShardOptions options_;
  StoreFactory factory_;
  /// Outlive the loops, as disks do.
  std::map<Shard, std::shared_ptr<MemoryStore>> stores_;
  std::map<Shard, std::unique_ptr<ShardLoop>> loops_;
};

}  // namespace slotlog
