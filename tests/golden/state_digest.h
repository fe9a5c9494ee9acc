// One short name for a whole state: the digest of all its rows, in the order of
// their keys, and of its head, each as it rests in a store. Thread-safe.

#pragma once

#include <cstddef>
#include <string>

#include "services/reservation/memory_state.h"

namespace slotlog::golden {

struct StateDigest {
  size_t rows = 0;
  /// In hexadecimal digits.
  std::string digest;
};

StateDigest DigestOf(const MemoryState& state);

}  // namespace slotlog::golden
