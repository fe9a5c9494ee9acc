// `slotlog worker`: decides the shards that Kafka's group gives it, until it is
// told to stop.

#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "events/log/log.h"

namespace slotlog {

/// What the worker stands on instead of its log, which outlives it.
using LogDecorator = std::function<std::unique_ptr<Log>(Log&)>;

/// Adds the subcommand; when it ran, `exit_code` says how it ended. Tests of
/// what a worker survives hand in a decorator.
void AddWorkerCommand(CLI::App& app, int& exit_code,
                      LogDecorator decorate = nullptr);

}  // namespace slotlog
