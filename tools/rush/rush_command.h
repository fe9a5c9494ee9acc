// `slotlog rush`: rehearses a booking rush on this machine, on the embedded log
// and with the real worker in one process.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the command to the program. When it was asked for, it runs while `app`
/// is parsed, and `exit_code` then says how it ended. Both must outlive the
/// parsing.
void AddRushCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
