// What an option accepts that is a whole number. CLI11 alone takes -1 and 10^30
// for the nearest number that fits, and 010 for eight. Pure.

#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

namespace slotlog {

/// Decimal digits and nothing else, from `min` to `max`; an error says so. For
/// Option::transform: what it hands on has no leading zeros.
CLI::Validator WholeNumber(uint64_t min, uint64_t max);

}  // namespace slotlog
