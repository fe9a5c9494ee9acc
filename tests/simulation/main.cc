// Simulates days, seed after seed, and says what it takes to see one again.

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <string>

#include "tests/simulation/simulation.h"

namespace slotlog {
namespace {

struct Flags {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  uint64_t steps = SimulationOptions().steps;
  bool forever = false;
  bool met = false;
  std::string history;
};

/// Of all days.
struct Total {
  absl::Duration virtual_time;
  std::map<std::string, uint64_t> met;
};

std::string TextOf(const std::map<Fault, uint64_t>& faults) {
  std::string text;
  for (const auto& [fault, times] : faults) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", times, NameOf(fault));
  }
  return text.empty() ? "nothing" : text;
}

std::string TextOf(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Seconds(1)));
}

/// Says which seed it is before it is run, for where it ends the process.
bool RunSeed(uint64_t seed, const Flags& flags, Total& total) {
  fmt::print("seed {}: ", seed);
  std::fflush(stdout);
  const Day day = Simulate({.seed = seed,
                            .steps = flags.steps,
                            .wants_history = !flags.history.empty(),
                            .seams = {}});
  total.virtual_time += day.virtual_time;
  for (const auto& [name, times] : day.met) total.met[name] += times;
  fmt::print(
      "{} steps, {} shards, {} commands, {} operations, {} of virtual time, "
      "log {:016x}; injected: {}\n",
      flags.steps, day.shards, day.commands, day.operations,
      TextOf(day.virtual_time), day.digest, TextOf(day.faults));
  for (const std::string& line : day.history) {
    if (line.find(flags.history) != std::string::npos) fmt::print("{}\n", line);
  }
  for (const std::string& failure : day.failures) {
    fmt::print("  BROKEN: {}\n", failure);
  }
  if (day.failures.empty()) return true;
  fmt::print("again: bazel run //tests/simulation -- --seed={} --steps={}\n",
             seed, flags.steps);
  return false;
}

int Run(const Flags& flags) {
  const absl::Time start = absl::Now();
  Total total;
  uint64_t done = 0;
  bool is_well = true;
  for (uint64_t seed = flags.seed;
       is_well && (flags.forever || done < flags.seeds); ++seed, ++done) {
    is_well = RunSeed(seed, flags, total);
  }
  const absl::Duration wall = absl::Now() - start;
  fmt::print("{} seeds in {:.1f} s: {:.1f} seeds/s, time {:.0f} times faster\n",
             done, absl::ToDoubleSeconds(wall),
             static_cast<double>(done) / absl::ToDoubleSeconds(wall),
             absl::FDivDuration(total.virtual_time, wall));
  for (const auto& [name, times] : total.met) {
    if (flags.met) fmt::print("{:>9} {}\n", times, name);
  }
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  // Nonsense is sent on purpose, and disks are lost.
  google::protobuf::SetLogHandler(nullptr);
  spdlog::set_level(spdlog::level::off);
  slotlog::Flags flags;
  CLI::App app("Simulated days with faults, judged by an oracle.",
               "simulation");
  app.add_option("--seed", flags.seed, "The first day's");
  app.add_option("--seeds", flags.seeds, "How many days");
  app.add_option("--steps", flags.steps, "Of each day")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}));
  app.add_flag("--forever", flags.forever, "Until a promise is broken");
  app.add_option("--history", flags.history,
                 "Print the inputs and events in which this text stands");
  app.add_flag("--met", flags.met, "List the events and refusals that came");
  CLI11_PARSE(app, argc, argv);
  return slotlog::Run(flags);
}
