#include "tools/verify/verify_command.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "events/log/log.h"
#include "tools/data_directory.h"
#include "tools/exit_codes.h"
#include "tools/log_flags.h"
#include "tools/output_file.h"
#include "tools/progress_line.h"
#include "tools/verify/redecide.h"
#include "tools/verify/report_json.h"
#include "tools/verify/report_text.h"
#include "tools/verify/verify.h"

namespace slotlog {
namespace {

constexpr const char* kHelp =
    R"(Checks the six promises of the design from the log alone, by code that shares
nothing with what decides:

  1  seats taken never exceed a slot's capacity
  2  a citizen has at most one claim in a campaign
  3  every command has exactly one answer, and sent again gets it again
  4  every seat has its claim, every claim its seat
  5  sequences, digests and counters have no gaps
  6  nobody is booked outside their window, nor told so within it

What is in flight is counted and is no violation. The log is only read, and on
Kafka it may grow meanwhile: what stood there at the start is verified. What
retention has removed is taken from the events' word. A transaction that a killed
worker left open is waited for, until the brokers abort it: 40 seconds at most,
and none once another worker has the shard.

--redecide adds the two that need the deciding code: every batch, decided again
from its recorded inputs, gives the same events, and the state that rests in the
stores is the one folded from the log. It holds all rows in memory, and no worker
may have the stores open.

Examples:
  slotlog verify --data /tmp/rush
  slotlog verify --kafka localhost:9092 --redecide

Exit codes: 0 all hold; 1 one is violated; 2 it could not run, or could not
write its report.)";

struct VerifyArguments {
  LogFlags log;
  /// The stores; empty: those of --data, if that is given.
  std::string state;
  std::string json;
  bool redecide = false;
};

struct Outcome {
  verify::VerifyReport report;
  std::optional<verify::RedecideReport> redecided;

  bool Holds() const {
    return report.findings.Hold() &&
           (!redecided.has_value() || redecided->Holds());
  }
};

int Fail(const absl::Status& status) {
  fmt::print(stderr, "slotlog verify: {}\n", std::string(status.message()));
  return kExitCouldNotRun;
}

/// As many as there are cores; a machine that does not tell has one.
int Threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

absl::StatusOr<verify::VerifyReport> VerifyLog(Log& log) {
  ProgressLine progress(stderr, isatty(STDERR_FILENO) == 1);
  const auto show = [&](const verify::VerifyProgress& so_far) {
    if (so_far.total == 0) return;
    progress.Show(absl::Now(), [&] {
      return fmt::format("verifying: {} % of the events",
                         so_far.done * 100 / so_far.total);
    });
  };
  return verify::Verify(log, {.threads = Threads(), .on_progress = show});
}

/// None: the stores rest elsewhere, and nobody said where.
std::optional<std::filesystem::path> StateOf(const VerifyArguments& arguments) {
  if (!arguments.state.empty()) return arguments.state;
  if (arguments.log.data.empty()) return std::nullopt;
  return StateDirectory(arguments.log.data);
}

/// Nothing was verified if this is an error.
absl::StatusOr<Outcome> VerifyAndRedecide(const VerifyArguments& arguments) {
  const absl::StatusOr<std::unique_ptr<Log>> log = OpenToRead(arguments.log);
  if (!log.ok()) return log.status();
  absl::StatusOr<verify::VerifyReport> report = VerifyLog(**log);
  if (!report.ok()) return report.status();
  Outcome outcome{*std::move(report), std::nullopt};
  if (arguments.redecide) {
    auto again = verify::Redecide(**log, {.batches = outcome.report.batches,
                                          .state = StateOf(arguments),
                                          .threads = Threads()});
    if (!again.ok()) return again.status();
    outcome.redecided = *std::move(again);
  }
  return outcome;
}

std::string TextOf(const Outcome& outcome, absl::Duration elapsed) {
  std::string text = verify::TextOf(outcome.report) + "\n";
  if (outcome.redecided.has_value()) {
    text += verify::TextOf(*outcome.redecided);
  }
  text +=
      fmt::format("verified in {:.1f} s: {}\n", absl::ToDoubleSeconds(elapsed),
                  outcome.Holds() ? "all hold" : "VIOLATED, see above");
  return text;
}

int RunVerify(const VerifyArguments& arguments) {
  const absl::Time start = absl::Now();
  std::unique_ptr<OutputFile> json;
  if (!arguments.json.empty()) {
    auto opened = OutputFile::Open(arguments.json);
    if (!opened.ok()) return Fail(opened.status());
    json = *std::move(opened);
  }
  const absl::StatusOr<Outcome> outcome = VerifyAndRedecide(arguments);
  if (!outcome.ok()) return Fail(outcome.status());

  absl::Status written;
  if (json != nullptr) {
    written = json->Write(verify::JsonOf(
        outcome->report,
        outcome->redecided.has_value() ? &*outcome->redecided : nullptr));
  }
  if (json == nullptr || !json->IsStandardOutput()) {
    written.Update(
        WriteToStandardOutput(TextOf(*outcome, absl::Now() - start)));
  }
  const int exit_code = written.ok() ? kExitOk : Fail(written);
  // Whoever cannot read the report is told at least this.
  return outcome->Holds() ? exit_code : kExitViolated;
}

}  // namespace

void AddVerifyCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      app.add_subcommand("verify", "Check every promise from the log alone");
  command->footer(kHelp);
  AddLogFlags(*command, arguments->log);
  command
      ->add_option("--json", arguments->json,
                   "Write the report as JSON; - instead of the text")
      ->type_name("FILE|-");
  CLI::Option* redecide = command->add_flag(
      "--redecide", arguments->redecide, "Also decide the whole history again");
  command
      ->add_option("--state", arguments->state,
                   "Where the stores rest that --redecide compares (default: "
                   "in --data; on Kafka: none is compared)")
      ->type_name("DIR")
      ->needs(redecide);
  command->callback(
      [arguments, &exit_code] { exit_code = RunVerify(*arguments); });
}

}  // namespace slotlog
