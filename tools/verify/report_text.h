// A verification's report, for people: plain text, no colours. Pure.

#pragma once

#include <string>

#include "tools/verify/redecide_report.h"
#include "tools/verify/verify.h"

namespace slotlog::verify {

std::string TextOf(const VerifyReport& report);

/// The same of a history that was decided again; a line, and one for each
/// difference.
std::string TextOf(const RedecideReport& report);

}  // namespace slotlog::verify
