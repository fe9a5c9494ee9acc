// `slotlog gateway` and `slotlog query`: each of the two HTTP faces as a
// process of its own, on Kafka, beside the workers; as many as it takes.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the subcommands; they set `exit_code`.
void AddGatewayCommand(CLI::App& app, int& exit_code);
void AddQueryCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
