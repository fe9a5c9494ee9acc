// `slotlog topics create` and `slotlog topics check`: the topics of a log on
// Kafka. Only wiring: events/log/kafka/topics.h does the work.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// `exit_code` is set when the command ran.
void AddTopicsCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
