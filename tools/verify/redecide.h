// The two promises that need the core: the history, decided again from the
// recorded inputs and times, gives the same events to the byte; and the state
// that rests in the stores is, row for row, the one folded from the log.
//
// Threads: one for each shard at a time, up to `threads`.

#pragma once

#include <absl/status/statusor.h>

#include <filesystem>

#include "events/log/log.h"
#include "tools/verify/redecide_report.h"

namespace slotlog::verify {

/// A store that is missing is no difference: it would be folded again. Errors:
/// the log or a store cannot be read, or a worker has it open.
absl::StatusOr<RedecideReport> Redecide(Log& log,
                                        const std::filesystem::path& state,
                                        int threads);

}  // namespace slotlog::verify
