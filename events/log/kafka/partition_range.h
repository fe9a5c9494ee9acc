// Where a partition begins and ends, also where its leader has just moved, or
// is away.
//
// librdkafka has a call for that, but the call does not end while the broker
// that it believes to lead is away, and believes so for minutes; here each
// question has its time, and before the next one the brokers are asked anew who
// leads.
//
// Threads: any.

#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <vector>

#include "events/ids.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

struct Range {
  Offset low;
  Offset high;
};

/// Of each of the partitions, in their order. `high` is what the client's
/// isolation makes of it: the stable offset for a client that reads what is
/// committed. It is asked again for as long as the options' patience, or three
/// times that where brokers are silent; then the last error, by its kind:
/// UNAVAILABLE, NOT_FOUND, PERMISSION_DENIED.
absl::StatusOr<std::vector<Range>> QueryRanges(
    rd_kafka_t* client, const KafkaLogOptions& options,
    absl::Span<const TopicPartition> partitions);

}  // namespace slotlog::kafka
