#include "tools/wrong_usage.h"

#include <fmt/format.h>

#include <vector>

namespace slotlog {
namespace {

/// A group of options counts among them, without a name.
std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  const auto all = [](const CLI::App* command) {
    return !command->get_name().empty();
  };
  for (const CLI::App* command : app.get_subcommands(all)) {
    names.push_back(command->get_name());
  }
  return names;
}

/// `app` is where the command line stopped making sense.
std::string WhatIsWrong(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> commands = CommandsOf(app);
  const std::vector<std::string> not_understood = app.remaining();
  if (not_understood.empty()) {
    return commands.empty() ? error.what() : "a command is missing";
  }
  const std::string& first = not_understood.front();
  if (first.starts_with("-")) return fmt::format("unknown option {}", first);
  return fmt::format(
      "{} \"{}\"", commands.empty() ? "unexpected argument" : "unknown command",
      first);
}

}  // namespace

std::string WrongUsage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = &app;
  std::string name = at->get_name();
  while (at->remaining().empty() && !at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    name += " " + at->get_name();
  }
  const std::vector<std::string> commands = CommandsOf(*at);
  const std::string advice =
      commands.empty()
          ? fmt::format("{} --help says more", name)
          : fmt::format("the commands are {}", fmt::join(commands, ", "));
  return fmt::format("{}: {}; {}", name, WhatIsWrong(*at, error), advice);
}

}  // namespace slotlog
