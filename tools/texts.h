// Numbers for people. Thread-safe.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>

namespace slotlog {

/// 1850000 is "1,850,000".
std::string Grouped(uint64_t number);
/// In five characters at most: "12345", "123k", "1.23M", "12.3M", "1.23G".
std::string Short(uint64_t number);
/// "0.84 ms", "12.3 ms", "420 ms", "1.25 s", "63.1 s", "15 h 30 min".
std::string InWords(absl::Duration duration);
/// "512 KiB", "1.50 GiB".
std::string BytesInWords(uint64_t bytes);

}  // namespace slotlog
