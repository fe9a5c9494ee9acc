// `slotlog shards`: who has which shard of a log on Kafka, and how far it is.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the subcommand; when it ran, `exit_code` says how it ended.
void AddShardsCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
