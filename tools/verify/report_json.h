// A verification's report, for machines: one JSON object. Pure.

#pragma once

#include <string>

#include "tools/verify/redecide_report.h"
#include "tools/verify/verify.h"

namespace slotlog::verify {

/// Indented, with a newline at its end. `redecided`: null if it was not asked
/// for.
std::string JsonOf(const VerifyReport& report,
                   const RedecideReport* redecided = nullptr);

}  // namespace slotlog::verify
