// A verification's report, for people: plain text, no colours. Pure.

#pragma once

#include <string>

#include "tools/verify/verify.h"

namespace slotlog::verify {

std::string TextOf(const VerifyReport& report);

/// 1234567 as "1,234,567".
std::string Grouped(uint64_t number);

}  // namespace slotlog::verify
