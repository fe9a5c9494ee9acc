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

struct BareLoop {
  int inputs;
  size_t batch_inputs;
  size_t event_bytes;
};

/// Reads so many commands of the shard, and commits for each batch of them one
/// confirmation for each and one record of events.
void GoRoundBare(const KafkaLogOptions& options, Shard shard,
                 const BareLoop& loop);

}  // namespace slotlog::kafka
