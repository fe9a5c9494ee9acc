// `slotlog campaign`: what a file says of a campaign, and to a log with it.

#pragma once

#include <CLI/CLI.hpp>

namespace slotlog {

/// Adds the subcommands; when one of them ran, `exit_code` says how it ended.
void AddCampaignCommand(CLI::App& app, int& exit_code);

}  // namespace slotlog
