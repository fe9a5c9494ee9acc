// librdkafka's lists of partitions with offsets.
//
// Values only.

#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>

#include "events/log/kafka/group_offsets.h"
#include "events/log/kafka/handles.h"

namespace slotlog::kafka {

using PartitionList = Owned<rd_kafka_topic_partition_list_t,
                            rd_kafka_topic_partition_list_destroy>;

/// For a commit: each shard's next command, with the text as its metadata.
PartitionList ListOf(const std::string& topic,
                     const std::map<Shard, PublishedProgress>& progress);

}  // namespace slotlog::kafka
