// A machine's disk: a store in memory for each shard that was ever owned there.
// It outlives the processes that open its stores, and it can be lost and set
// back to what it was.
//
// Threads: one.

#pragma once

#include <map>
#include <memory>

#include "events/ids.h"
#include "events/store/memory/memory_store.h"
#include "tests/simulation/process.h"

namespace slotlog {

class Disk {
 public:
  /// The shard's store, for one process to use; it is made if there is none.
  std::unique_ptr<Store> Open(Shard shard, Process& process);

  void Lose(Shard shard) { stores_.erase(shard); }

  /// Remembers what the shard's store holds.
  void BackUp(Shard shard);
  /// The shard's store is what it was at the last BackUp, if there was one.
  void Restore(Shard shard);

 private:
  MemoryStore& At(Shard shard);

  std::map<Shard, std::shared_ptr<MemoryStore>> stores_;
  std::map<Shard, std::shared_ptr<MemoryStore>> backups_;
};

}  // namespace slotlog
