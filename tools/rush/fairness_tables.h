// Success rates for people, as small tables with bars, and for programs. Pure;
// thread-safe.

#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tools/rush/fairness.h"

namespace slotlog {

/// Several lines, each with its end; none where nobody has tried.
std::string FairnessTables(const FairnessReport& report);

/// {"cohort": [{"kind": ..., "tried": ..., "booked": ..., "rate": ...}], ...};
/// the rate is null where nobody has tried.
nlohmann::ordered_json FairnessAsJson(const FairnessReport& report);

}  // namespace slotlog
