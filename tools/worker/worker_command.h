// `slotlog worker`: decides the shards that Kafka's group gives it, until it is
// told to stop.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the subcommand; when it ran, `exit_code` says how it ended.
void AddWorkerCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
