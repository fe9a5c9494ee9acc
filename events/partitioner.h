// Which shard a key belongs to: murmur2 as Kafka's Java client computes it
// (org.apache.kafka.common.utils.Utils.murmur2 and toPositive in
// BuiltInPartitioner.partitionForKey), so that every client that uses Kafka's
// default finds the same home for a citizen. librdkafka's default differs.
// Thread-safe.

#pragma once

#include <cstdint>
#include <string_view>

#include "events/ids.h"

namespace slotlog {

/// Kafka's murmur2 of the bytes, seed 0x9747b28c.
uint32_t Murmur2(std::string_view key);

/// The shard at which the key is at home. REQUIRES: shards > 0.
Shard ShardOf(std::string_view key, ShardCount shards);

}  // namespace slotlog
