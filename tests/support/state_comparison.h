// Row for row, is it the same state?

#pragma once

#include <string>

#include "services/reservation/memory_state.h"

namespace slotlog {

/// "" if every row of `folded` stands in `live` alike and the heads agree;
/// otherwise the first difference in words.
std::string DifferenceBetween(const MemoryState& folded, const State& live);

/// How many rows there are.
size_t CountRows(const MemoryState& state);

}  // namespace slotlog
