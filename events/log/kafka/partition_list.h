// What a commit of offsets says, as librdkafka's list of partitions.
//
// Values only.

#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>

#include "events/log/kafka/group_offsets.h"
#include "events/log/kafka/handles.h"

namespace slotlog::kafka {

/// For a commit: each shard's next command, with the text as its metadata.
PartitionList ListOf(const std::string& topic,
                     const std::map<Shard, PublishedProgress>& progress);

}  // namespace slotlog::kafka
