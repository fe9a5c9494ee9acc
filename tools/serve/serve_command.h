// `slotlog serve`: all that slotlog does on a Kafka in one process: it makes
// the topics where there are none, decides every shard that nobody else has,
// and serves its metrics.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the subcommand; when it ran, `exit_code` says how it ended.
void AddServeCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
