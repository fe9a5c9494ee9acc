// `slotlog supply import`: options, help, and what runs when it is called.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// `exit_code` is set when the command has run, and outlives `app`.
void AddSupplyCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
