// Tells what is wrong with a command line, in one line: what was not
// understood, and what there is instead. CLI11 says of an unknown command only
// that one is required. Pure.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace slotlog {

/// "slotlog log: unknown command \"tail\"; the commands are cat". `app` is the
/// program, whose parsing ended in `error`.
std::string WrongUsage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace slotlog
