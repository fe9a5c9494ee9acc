// The six invariants of the design, checked from the log alone. Nothing here
// is shared with what decides: only the contract, the codec, the digests and
// the partitioner. A log that is being written to may be verified: what came
// later, and what is in flight, is counted and is no violation.
//
// Each shard's history is streamed once, beside its inputs and confirmations;
// what stays in memory is about 100 bytes for each claim and each seat, and 4
// bytes for each event.
//
// The namespace is of its own because what decides has claims and seats, too.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "tools/verify/findings.h"
#include "tools/verify/totals.h"

namespace slotlog::verify {

/// How far the verification is, in offsets of `events`.
struct VerifyProgress {
  uint64_t done = 0;
  uint64_t total = 0;
};

struct VerifyOptions {
  /// Shards are verified side by side by so many threads.
  int threads = 1;
  /// Called after every batch, from all of them.
  std::function<void(const VerifyProgress&)> on_progress =
      [](const VerifyProgress&) {};
};

/// What was read of a partition: from the first offset kept to before `to`.
struct ReadRange {
  TopicPartition partition;
  Offset from;
  Offset to;
  /// The last stable offset at the end of the verification.
  Offset end;
};

/// Not wrong, only not finished.
struct InFlight {
  /// Records of `commands` and `operations` behind the decided positions.
  uint64_t commands_undecided = 0;
  uint64_t operations_undecided = 0;
  /// Claims in a conversation with a slot's shard.
  uint64_t conversations = 0;
  /// Commands that wait behind one.
  uint64_t commands_parked = 0;
  /// Campaigns and what else is confirmed only when all shards know it.
  uint64_t operations = 0;
  /// Sent and not yet received.
  uint64_t messages = 0;
  /// What the agendas are still to do: end holds, and take seats back.
  uint64_t holds_due = 0;
  uint64_t seats_to_withdraw = 0;
};

struct VerifyReport {
  std::string log_id;
  ShardCount shards;
  Findings findings;
  std::vector<ReadRange> ranges;
  InFlight in_flight;
  Totals totals;
  /// How many were read of each shard.
  std::vector<uint64_t> batches;
};

/// An error says why it could not be verified; a violation is none.
absl::StatusOr<VerifyReport> Verify(Log& log, const VerifyOptions& options);

}  // namespace slotlog::verify
