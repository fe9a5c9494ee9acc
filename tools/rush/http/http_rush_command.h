// The part of `slotlog rush` that goes through HTTP: its flags, and what it
// does with them.

#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "tools/rush/http/http_rush.h"
#include "tools/rush/scenario.h"

namespace slotlog {

struct HttpRushFlags {
  /// Empty: not through HTTP.
  std::string url;
  std::string token_file;
  uint32_t clients = HttpRushOptions().clients;
  uint32_t hits = HttpRushOptions().hits_per_success;
};

/// `where`: the group of options that --http is one of. `flags` outlives the
/// parsing.
void AddHttpRushFlags(CLI::App& command, CLI::App& where, HttpRushFlags& flags);

/// The exit code. `year`: in which the slots lie.
int RunHttpRushCommand(const Scenario& scenario, const HttpRushFlags& flags,
                       uint64_t seed, int year);

}  // namespace slotlog
