// What a worker says of a shard, for `slotlog shards` to read.
//
// Values only.

#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

#include "events/ids.h"

namespace slotlog {

struct SpokenProgress {
  /// "HOST-PID".
  std::string worker;
  absl::Time at;
  /// 0 of a standby.
  Epoch epoch;
  Sequence sequence;
  uint64_t events_to_replay = 0;
};

std::string TextOf(const SpokenProgress& progress);
/// Nothing: somebody else said it.
std::optional<SpokenProgress> ReadProgress(std::string_view text);

}  // namespace slotlog
