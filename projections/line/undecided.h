// The undecided commands, by their id: so that whoever repeats a request gets
// the ticket that it has. What is decided leaves, and is found in the outcomes.
// Bounded: of a line that is longer than the limit the first part is known.
//
// A command is known once it was read from the log; a gateway that has appended
// one says so itself (Add), and then a repetition meets it at once.
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "events/digest.h"
#include "events/ids.h"
#include "projections/ticket.h"

namespace slotlog {

struct UndecidedCommand {
  /// The first record with this id.
  Ticket ticket;
  /// XXH3-64 of that record.
  uint64_t command_digest = 0;
};

class Undecided {
 public:
  Undecided(ShardCount shards, size_t commands_max);

  /// None: unknown, or decided.
  std::optional<UndecidedCommand> Find(CitizenId citizen,
                                       CommandId command) const;

  /// A command stands in the log. False: there is no room for it. Does nothing
  /// if it is known or decided already.
  bool Add(Ticket ticket, CitizenId citizen, CommandId command,
           uint64_t command_digest);

  /// All before this one is decided.
  void Decide(Shard shard, Offset decided);

  size_t size() const;

 private:
  /// XXH3-128 of both ids.
  using Key = BatchDigest;
  static Key KeyOf(CitizenId citizen, CommandId command);

  struct ShardLine {
    Offset decided;
    absl::btree_map<Offset, Key> keys;
  };

  const size_t commands_max_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<Key, UndecidedCommand> entries_ ABSL_GUARDED_BY(mutex_);
  std::vector<ShardLine> shards_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
