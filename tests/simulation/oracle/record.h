// What the oracle reads: each shard's partitions, whole and decoded, as any
// client could read them. Nothing is judged here.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "events/log/log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::oracle {

/// A record of `commands` or `operations`.
template <typename Message>
struct Asked {
  int64_t asked_at_unix_ms = 0;
  std::string bytes;
  bool is_readable = false;
  Message message;
};

struct BatchRecord {
  std::string bytes;
  v1::EventBatch batch;
};

/// A shard's partitions; inputs by their offsets.
struct ShardRecord {
  Shard shard;
  ShardCount shards;
  std::map<int64_t, Asked<v1::Command>> commands;
  std::map<int64_t, Asked<v1::Operation>> operations;
  std::map<int64_t, v1::InternalRecord> internal;
  std::vector<BatchRecord> batches;
  std::vector<v1::ConfirmationRecord> confirmations;
  std::vector<v1::DeadLetter> dead_letters;
};

/// Reads what is committed now. DATA_LOSS: a worker wrote what cannot be read.
absl::StatusOr<std::vector<ShardRecord>> ReadAll(Log& log);

}  // namespace slotlog::oracle
