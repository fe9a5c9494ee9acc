// What came of deciding a history again. Plain data, so that a report of it
// need not link the core.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

}  // namespace slotlog::verify
