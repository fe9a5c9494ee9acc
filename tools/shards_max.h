// How many shards a log may be made with.

#pragma once

#include <cstdint>

namespace slotlog {

/// Far more than one campaign needs, few enough that a mistyped number does not
/// make a topic that no cluster likes.
inline constexpr uint32_t kShardsMax = 256;

}  // namespace slotlog
