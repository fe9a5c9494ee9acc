// The part of Announce (announce.h) that other shards hear.

#pragma once

#include "services/reservation/announce.h"

namespace slotlog {

void AnnounceToShards(const v1::Event& event, Shard shard, ShardCount shards,
                      google::protobuf::Arena& arena, Outbox& outbox);

}  // namespace slotlog
