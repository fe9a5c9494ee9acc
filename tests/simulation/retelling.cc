#include "tests/simulation/retelling.h"

#include <string>

#include "services/shard/history.h"
#include "tests/support/state_comparison.h"

namespace slotlog {

absl::Status CheckRetold(Log& log, const State& live) {
  const auto history = ShardHistory::Open(log, live.head().shard);
  if (!history.ok()) return history.status();
  while (true) {
    const auto has_next = (*history)->HasNext();
    if (!has_next.ok()) return has_next.status();
    if (!*has_next) break;
    const absl::Status same = (*history)->DecideNext();
    if (!same.ok()) return same;
  }
  const std::string difference = DifferenceBetween((*history)->state(), live);
  if (difference.empty()) return absl::OkStatus();
  return absl::DataLossError("the live state is not what its events say: " +
                             difference);
}

}  // namespace slotlog
