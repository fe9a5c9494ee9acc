// --metrics, of every command that serves them. Threads: one.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace slotlog {

CLI::Option* AddMetricsFlag(CLI::App& command, std::string& address);

}  // namespace slotlog
