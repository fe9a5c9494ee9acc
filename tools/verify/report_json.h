// A verification's report, for machines: one JSON object. Pure.

#pragma once

#include <string>

#include "tools/verify/verify.h"

namespace slotlog::verify {

/// Indented, with a newline at its end.
std::string JsonOf(const VerifyReport& report);

}  // namespace slotlog::verify
