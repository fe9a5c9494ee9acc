// The yardstick of tests/bench/kafka_log_bench.cc: consume, produce, commit, by
// librdkafka alone and as plainly as it can be. It stands here because nobody
// else may include librdkafka. Ends the process on any error.
//
// Threads: one call a thread.

#pragma once

#include <cstddef>

#include "events/ids.h"
#include "events/log/kafka/kafka_options.h"

namespace slotlog::kafka {

/// What a transaction reads and writes, for each command in it.
struct LoopShape {
  size_t commands_per_transaction = 2000;
  size_t command_bytes = 120;
  double event_bytes = 100;
  double confirmations = 1;
  size_t confirmation_bytes = 100;
  /// To the other shards, one record for each; 0: nothing is said to them.
  double internal_bytes = 0;
};

/// Reads so many commands of the shard and what the others say to it, and
/// commits for each batch of them what the shape says.
void GoRoundBare(const KafkaLogOptions& options, ShardCount shards, Shard shard,
                 size_t commands, const LoopShape& shape);

}  // namespace slotlog::kafka
