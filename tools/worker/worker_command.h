// `slotlog worker`: decides the shards that Kafka's group gives it, until it is
// told to stop.

#pragma once

#include <CLI/CLI.hpp>

#include "tools/worker/worker_process.h"

namespace slotlog {

/// Adds the subcommand; when it ran, `exit_code` says how it ended. Tests of
/// what a worker survives hand in a decorator.
void AddWorkerCommand(CLI::App& app, int& exit_code,
                      LogDecorator decorate = nullptr);

}  // namespace slotlog
