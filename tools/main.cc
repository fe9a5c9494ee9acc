#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "services/logging/log_format.h"
#include "tools/campaign/campaign_command.h"
#include "tools/exit_codes.h"
#include "tools/log_cat/log_command.h"
#include "tools/rush/rush_command.h"
#include "tools/serve/face_commands.h"
#include "tools/serve/serve_command.h"
#include "tools/supply/supply_command.h"
#include "tools/topics/topics_command.h"
#include "tools/verify/verify_command.h"
#include "tools/version.h"
#include "tools/worker/shards_command.h"
#include "tools/worker/worker_command.h"
#include "tools/wrong_usage.h"

namespace {

constexpr const char* kWhatItIs =
    "An event-sourced reservation core on a message log, for the day a whole "
    "country books at once.";
constexpr const char* kHelp =
    R"(Examples:
  slotlog rush --data /tmp/rush             rehearse a booking rush
  slotlog verify --data /tmp/rush           check every promise from its log
  slotlog log cat --data /tmp/rush events/0 --limit 5
  slotlog supply import --dry-run slots.csv check a file of slots
  slotlog campaign check campaign.json      see when a campaign opens for whom

Exit codes: 0 done and true, 1 a promise or a goal is not kept, 2 could not run
or not write what it found, 3 some rows are bad or refused, 130 stopped by
Ctrl-C.
`slotlog COMMAND --help` says more.)";

/// To each command that has none below it.
void AddLoggingFlags(CLI::App& app) {
  const std::vector<CLI::App*> commands =
      app.get_subcommands([](CLI::App* command) {
        return !command->get_name().empty();  // no group of options
      });
  for (CLI::App* command : commands) AddLoggingFlags(*command);
  if (!commands.empty()) return;
  app.add_option_function<std::string>(
         "--log-format",
         [](const std::string& format) {
           spdlog::set_formatter(slotlog::NewLogFormatter(
               format == "json" ? slotlog::LogFormat::kJson
                                : slotlog::LogFormat::kText));
         },
         "How the log on standard error looks (json: an object a line)")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text")
      ->group("Logging");
  app.add_option_function<std::string>(
         "--log-level",
         [](const std::string& level) {
           spdlog::set_level(spdlog::level::from_str(level));
         },
         "What it says (debug: each request, and each answer that is part of a "
         "trace)")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->default_str("info")
      ->group("Logging");
}

}  // namespace

int main(int argc, char** argv) {
  // Every record that is not UTF-8 would be a line on stderr: anyone could fill
  // a disk with that, and dead letters say it better.
  google::protobuf::SetLogHandler(nullptr);
  // Standard output belongs to what was asked for.
  spdlog::set_default_logger(spdlog::stderr_color_mt("slotlog"));
  spdlog::set_formatter(slotlog::NewLogFormatter(slotlog::LogFormat::kText));
  int exit_code = slotlog::kExitOk;
  CLI::App app(kWhatItIs, "slotlog");
  app.set_version_flag("--version", slotlog::kVersion);
  app.require_subcommand(1);
  app.footer(kHelp);
  slotlog::AddRushCommand(app, exit_code);
  slotlog::AddVerifyCommand(app, exit_code);
  slotlog::AddLogCommand(app, exit_code);
  slotlog::AddCampaignCommand(app, exit_code);
  slotlog::AddSupplyCommand(app, exit_code);
  slotlog::AddTopicsCommand(app, exit_code);
  slotlog::AddServeCommand(app, exit_code);
  slotlog::AddWorkerCommand(app, exit_code);
  slotlog::AddGatewayCommand(app, exit_code);
  slotlog::AddQueryCommand(app, exit_code);
  slotlog::AddShardsCommand(app, exit_code);
  AddLoggingFlags(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& ended) {
    // Help and version come this way too.
    if (ended.get_exit_code() == 0) return app.exit(ended);
    fmt::print(stderr, "{}\n", slotlog::WrongUsage(app, ended));
    return slotlog::kExitCouldNotRun;
  }
  return exit_code;
}
