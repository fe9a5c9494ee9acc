// The two promises that need the core: the history, decided again from the
// recorded inputs and times, gives the same events to the byte; and the state
// that rests in the stores is, row for row, the one folded from the log.
//
// Threads: one for each shard at a time, up to `threads`.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "events/log/log.h"

namespace slotlog::verify {

struct RedecideReport {
  uint64_t batches = 0;
  uint64_t inputs = 0;
  /// Rows that rest in stores and were compared.
  uint64_t rows = 0;
  /// What came out otherwise: where, and how. The first of each shard.
  std::vector<std::string> differences;

  bool Holds() const { return differences.empty(); }
};

/// A store that is missing is no difference: it would be folded again. Errors:
/// the log or a store cannot be read, or a worker has it open.
absl::StatusOr<RedecideReport> Redecide(Log& log,
                                        const std::filesystem::path& state,
                                        int threads);

/// For people, in one line.
std::string TextOf(const RedecideReport& report);

}  // namespace slotlog::verify
