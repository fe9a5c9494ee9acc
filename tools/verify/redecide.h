// The two promises that need the core: the history, decided again from the
// recorded inputs and times, gives the same events to the byte; and the state
// that rests in the stores is, row for row, the one folded from the log.
//
// Threads: one for each shard at a time, up to the options' `threads`.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "events/log/log.h"
#include "tools/verify/redecide_report.h"

namespace slotlog::verify {

struct RedecideOptions {
  /// So many of each shard, from the first one: the log may grow meanwhile.
  std::vector<uint64_t> batches;
  /// Where the stores rest; none: they are not compared.
  std::optional<std::filesystem::path> state = std::nullopt;
  int threads = 1;
};

/// A store that is missing is no difference: it would be folded again. Errors:
/// the log or a store cannot be read, a worker has it open, or
/// (FAILED_PRECONDITION) the log no longer keeps all inputs.
absl::StatusOr<RedecideReport> Redecide(Log& log,
                                        const RedecideOptions& options);

}  // namespace slotlog::verify
