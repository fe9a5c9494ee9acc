#include "tools/rush/http/http_rush_command.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "tools/exit_codes.h"
#include "tools/input_file.h"
#include "tools/stop_signal.h"
#include "tools/whole_number.h"

namespace slotlog {
namespace {

int Fail(int exit_code, const absl::Status& status) {
  fmt::print(stderr, "slotlog rush: {}\n", std::string(status.message()));
  return exit_code;
}

}  // namespace

void AddHttpRushFlags(CLI::App& command, CLI::App& where,
                      HttpRushFlags& flags) {
  CLI::Option* http =
      where
          .add_option("--http", flags.url,
                      "Go through the gateway and the query service there, as "
                      "people with browsers do")
          ->type_name("URL");
  command
      .add_option("--token-file", flags.token_file,
                  "Holds the bearer token of a caller that is citizen_portal "
                  "and operator")
      ->type_name("FILE")
      ->needs(http);
  command
      .add_option("--clients", flags.clients,
                  "Browsers at a time, each a thread and a connection")
      ->type_name("N")
      ->capture_default_str()
      ->needs(http)
      ->transform(WholeNumber(1, kHttpClientsMax));
  command
      .add_option("--hits", flags.hits,
                  "Hits for each success, by reloading: Massachusetts and "
                  "India saw 33 to 48")
      ->type_name("N")
      ->capture_default_str()
      ->needs(http)
      ->transform(WholeNumber(1, kHitsPerSuccessMax));
}

int RunHttpRushCommand(const Scenario& scenario, const HttpRushFlags& flags,
                       uint64_t seed, int year) {
  auto address = HttpAddress::Parse(flags.url);
  if (!address.ok()) return Fail(kExitCouldNotRun, address.status());
  HttpRushOptions options{.address = *std::move(address)};
  if (!flags.token_file.empty()) {
    auto token = ReadInputFile(flags.token_file);
    if (!token.ok()) return Fail(kExitCouldNotRun, token.status());
    options.token = *std::move(token);
    absl::StripAsciiWhitespace(&options.token);
  }
  options.seed = seed;
  options.year = year;
  options.clients = flags.clients;
  options.hits_per_success = flags.hits;
  options.stop = &IsStopAsked;
  StopOnSignals();
  const auto figures = RunHttpRush(scenario, options);
  if (!figures.ok()) {
    return Fail(
        absl::IsDataLoss(figures.status()) ? kExitViolated : kExitCouldNotRun,
        figures.status());
  }
  const std::string summary = SummaryOf(*figures);
  std::fputs(summary.c_str(), stdout);
  return IsStopAsked() ? kExitStopped : kExitOk;
}

}  // namespace slotlog
