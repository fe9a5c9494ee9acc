// What this program calls itself.

#pragma once

namespace slotlog {

inline constexpr char kVersion[] = "slotlog 0.1.0";

}  // namespace slotlog
