// Prints the records of a topic, one after the other. Reads any log, and
// changes nothing in it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

/// The partitions that "events" or "events/3" names. INVALID_ARGUMENT says what
/// there is instead.
absl::StatusOr<std::vector<TopicPartition>> PartitionsNamed(
    std::string_view name, ShardCount shards);

struct LogCatRequest {
  std::vector<TopicPartition> partitions;
  /// In each of them; where the log begins later, from there.
  Offset from;
  /// Of all together.
  uint64_t records_max = std::numeric_limits<uint64_t>::max();
  bool json = false;
};

/// Hands the lines to `write`, without the newlines at their ends, up to what
/// is committed when it begins; ends when that answers an error.
absl::Status LogCat(Log& log, const LogCatRequest& request,
                    const std::function<absl::Status(std::string_view)>& write);

}  // namespace slotlog
