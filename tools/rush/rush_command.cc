#include "tools/rush/rush_command.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "events/log/log.h"
#include "services/shard/worker.h"
#include "tools/data_directory.h"
#include "tools/directory_log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/output_file.h"
#include "tools/progress_line.h"
#include "tools/rush/http/http_rush_command.h"
#include "tools/rush/manifest.h"
#include "tools/rush/rehearsal.h"
#include "tools/rush/rehearsal_line.h"
#include "tools/rush/rehearsal_log.h"
#include "tools/rush/scenario.h"
#include "tools/rush/summary.h"
#include "tools/shards_max.h"
#include "tools/stop_signal.h"
#include "tools/whole_number.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr uint64_t kRateMax = 10'000'000;
/// Against 2,000 and 1 ms, half as many bookings a second more, and two thirds
/// of the median at 5,000 commands/s: the brokers have fewer requests.
constexpr uint64_t kKafkaAppendRecordsMin = 6'000;
constexpr absl::Duration kKafkaAppendInterval = absl::Milliseconds(10);
/// A disk with less is full for who decides: so much a store needs to be opened
/// again, after it could not be written.
constexpr uint64_t kRoomBytesMin = uint64_t{16} << 20;
/// Slots lie so many years ahead: between one and two.
constexpr int kYearsAhead = 2;

constexpr char kDescription[] = "Rehearse a booking rush on this machine";

constexpr char kFooter[] =
    R"(It opens sites, slots and a campaign, lets a scenario's people book, cancel
and try again, waits for the confirmation of every command, and says how fast it
was, how long people waited, who was refused, and how fair it was: the success
rate by cohort, region and arrival. What is counted is what the confirmations
say.

Log, worker and people share this process. With --kafka the log is on a cluster:
its topics are made if they are missing, and nobody else may write to them. With
--workers-elsewhere this process has the people only, and worker processes
decide.

Scenarios:
  expiry-wave       all seats are held at once, and a third runs out together
  uniform           everyone has a seat of their own: bookings and nothing else
  korea-2021-07-12  3.5 M people, 1.85 M seats, ten million commands
  korea-2021-07-19  1.5 M people who press again and again
  korea-2021-08-rotation
                    16.2 M people in ten days by their day of birth, a minute
                    each, in small rehearsals three seconds; a day that passes
                    while it is stopped is over, and its people come at the end
  ./mine.json       your own; tools/scenarios/ shows what stands in it

Examples:
  slotlog rush --data /tmp/rush --bookings 1000000
  slotlog rush korea-2021-07-12 --data /tmp/korea --json -
  slotlog rush korea-2021-07-12 --data /tmp/small --bookings 10000
  slotlog rush --data /tmp/rush --kafka localhost:9092 --shards 4
  slotlog rush --http http://localhost:8080 --bookings 10000

Ctrl-C stops it cleanly. Stopped or killed, the same command continues it; once
it is finished, the same command shows its figures again. On a full disk it waits
until there is room; commands that brokers could not take are published again,
once each, for a minute.

Who the people are and where each goes first follows from --seed alone; the
order of their answers, and so where they go next, depends on this machine's
speed.

Exit codes: 0 finished; 1 it failed, or an answer was missing, double or wrong;
2 the command line or the scenario is wrong, there is no log to work on, or the
figures could not be written; 130 stopped by Ctrl-C or SIGTERM.)";

struct RushFlags {
  std::string scenario = "uniform";
  std::string data;
  uint32_t bookings = 0;
  /// 0: as the topics on Kafka are, or kShardsDefault.
  uint32_t shards = 0;
  KafkaFlags kafka;
  int replication = 0;
  bool has_workers_elsewhere = false;
  std::string json;
  uint64_t seed = 1;
  uint64_t rate = 0;
  /// 0: as usual.
  uint64_t waiting = 0;
  uint64_t memory_mib = kMemoryMibDefault;
  HttpRushFlags http;
};

int Fail(int exit_code, const absl::Status& status) {
  fmt::print(stderr, "slotlog rush: {}\n", std::string(status.message()));
  return exit_code;
}

absl::StatusOr<Scenario> ScenarioFor(const RushFlags& flags) {
  auto scenario = FindScenario(flags.scenario);
  if (!scenario.ok() || flags.bookings == 0) return scenario;
  return WithSeats(*scenario, flags.bookings);
}

uint64_t PeakRssBytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  constexpr uint64_t kKib = 1024;
  return static_cast<uint64_t>(usage.ru_maxrss) * kKib;
}

uint64_t BytesOnDisk(const std::filesystem::path& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(directory, error), end;
       !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (at->is_regular_file(gone) && !gone) bytes += at->file_size(gone);
  }
  return bytes;
}

bool IsDiskFull(const std::filesystem::path& directory) {
  std::error_code error;
  const auto space = std::filesystem::space(directory, error);
  return !error && space.available < kRoomBytesMin;
}

/// Lets the rehearsal go on, with a worker beside it if nobody else has one, to
/// its end or to a stop.
absl::StatusOr<Rehearsal::End> RunDecided(Log& log, Rehearsal& rehearsal,
                                          const RushFlags& flags,
                                          std::unique_ptr<Worker>& worker) {
  if (flags.has_workers_elsewhere) {
    StopOnSignals();
    auto end = rehearsal.Run();
    if (!absl::IsDeadlineExceeded(end.status())) return end;
    return absl::DeadlineExceededError(
        fmt::format("{}; does a worker run for every shard?",
                    std::string(end.status().message())));
  }
  auto started = StartWorker(log, flags.data, flags.memory_mib);
  if (!started.ok()) return started.status();
  worker = *std::move(started);
  StopOnSignals();
  auto end = rehearsal.Run();
  const absl::Status stopped = StopWorker(*worker);
  if (end.ok() && !stopped.ok()) return stopped;
  return end;
}

/// Tells the outcome to people and programs; the exit code. `json` is null
/// where nobody asked for it.
int Tell(const Scenario& scenario, const RushOutcomes& outcomes,
         OutputFile* json) {
  const std::string summary = SummaryForPeople(scenario, outcomes);
  absl::Status written;
  if (json != nullptr && json->IsStandardOutput()) {
    std::fputs(summary.c_str(), stderr);
  } else {
    written = WriteToStandardOutput(summary);
  }
  if (json != nullptr) {
    written.Update(json->Write(SummaryAsJson(scenario, outcomes)));
  }
  if (!outcomes.is_finished) {
    fmt::print(stderr, "The same command continues it.\n");
  }
  if (!written.ok()) return Fail(kExitCouldNotRun, written);
  return outcomes.is_finished ? kExitOk : kExitStopped;
}

Manifest ManifestFor(const Scenario& scenario, const RushFlags& flags) {
  Manifest manifest;
  manifest.scenario = scenario.name;
  manifest.scenario_digest = scenario.digest;
  manifest.seats = scenario.seats;
  manifest.is_on_kafka = !flags.kafka.brokers.empty();
  manifest.shards =
      ShardCount{flags.shards == 0 && !manifest.is_on_kafka ? kShardsDefault
                                                            : flags.shards};
  manifest.seed = flags.seed;
  manifest.year = static_cast<int>(
      absl::ToCivilYear(absl::Now(), absl::UTCTimeZone()).year() + kYearsAhead);
  return manifest;
}

/// On a log that is open: to the end or to a stop, and tells of it.
int RunOn(const RehearsalLog& opened, const Scenario& scenario,
          const RushFlags& flags, OutputFile* json) {
  Log& log = *opened.log;
  const Manifest& manifest = opened.manifest;
  std::unique_ptr<Worker> worker;
  ProgressLine progress(stderr, isatty(STDERR_FILENO) == 1);
  RehearsalLine line(progress);
  RehearsalOptions options;
  options.seed = manifest.seed;
  options.year = manifest.year;
  options.waiting_max =
      flags.waiting == 0 ? UsualWaiting(scenario) : flags.waiting;
  options.commands_per_second = flags.rate;
  if (manifest.is_on_kafka) {
    options.append_records_min = kKafkaAppendRecordsMin;
    options.append_interval = kKafkaAppendInterval;
  }
  if (!flags.has_workers_elsewhere) {
    options.is_disk_full = [&flags] { return IsDiskFull(flags.data); };
  }
  options.health = [&worker] {
    return worker == nullptr ? absl::OkStatus() : worker->Health();
  };
  options.stop = &IsStopAsked;
  options.report = [&line](const RehearsalProgress& so_far) {
    line.Show(so_far, absl::Now());
  };
  auto rehearsal = Rehearsal::Open(log, scenario, std::move(options));
  if (!rehearsal.ok()) return Fail(kExitViolated, rehearsal.status());
  if (!opened.is_noted) {
    auto noted = WriteManifest(flags.data, manifest);
    if (!noted.ok()) return Fail(kExitCouldNotRun, noted);
  }

  RushOutcomes outcomes;
  outcomes.was_finished_before = (*rehearsal)->IsFinished();
  const auto end = outcomes.was_finished_before
                       ? (*rehearsal)->Run()
                       : RunDecided(log, **rehearsal, flags, worker);
  progress.End();
  if (!end.ok()) return Fail(kExitViolated, end.status());
  outcomes.is_finished = *end == Rehearsal::End::kFinished;
  outcomes.figures = (*rehearsal)->figures();
  outcomes.fairness = (*rehearsal)->fairness();
  outcomes.shards = manifest.shards;
  outcomes.seed = manifest.seed;
  if (!outcomes.was_finished_before) outcomes.peak_rss_bytes = PeakRssBytes();
  outcomes.disk_bytes = BytesOnDisk(flags.data);
  outcomes.directory = flags.data;
  outcomes.kafka = opened.kafka;
  outcomes.is_durable = opened.is_durable;
  return Tell(scenario, outcomes, json);
}

int Run(const RushFlags& flags) {
  const auto scenario = ScenarioFor(flags);
  if (!scenario.ok()) return Fail(kExitCouldNotRun, scenario.status());
  const Manifest asked_for = ManifestFor(*scenario, flags);
  if (!flags.http.url.empty()) {
    return RunHttpRushCommand(*scenario, flags.http, flags.seed,
                              asked_for.year);
  }
  const auto there = FindManifest(flags.data, asked_for);
  if (!there.ok()) return Fail(kExitCouldNotRun, there.status());
  if (!asked_for.is_on_kafka) {
    auto lost = CheckJournalIsNotLost(flags.data);
    if (!lost.ok()) return Fail(kExitCouldNotRun, lost);
  }
  // When the directory is there and before anything is in it: it may lie there.
  std::unique_ptr<OutputFile> json;
  if (!flags.json.empty()) {
    auto opened = OutputFile::Open(flags.json);
    if (!opened.ok()) return Fail(kExitCouldNotRun, opened.status());
    json = *std::move(opened);
  }
  const auto opened =
      asked_for.is_on_kafka
          ? OpenKafkaLog(flags.kafka, flags.replication, *there, asked_for)
          : OpenOwnLog(flags.data, *there, asked_for);
  if (!opened.ok()) return Fail(kExitCouldNotRun, opened.status());
  return RunOn(*opened, *scenario, flags, json.get());
}

void AddKafkaOptions(CLI::App& command, RushFlags& flags) {
  CLI::Option* kafka = AddKafkaFlags(command, flags.kafka);
  command
      .add_option("--replication", flags.replication,
                  "Copies of each partition, where topics are made (default: "
                  "3, or as many as there are brokers)")
      ->type_name("R")
      ->needs(kafka)
      ->transform(WholeNumber(1, kReplicationMax));
  command
      .add_flag("--workers-elsewhere", flags.has_workers_elsewhere,
                "Worker processes decide, and this one does not")
      ->needs(kafka);
}

}  // namespace

void AddRushCommand(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<RushFlags>();
  CLI::App& command = *app.add_subcommand("rush", kDescription);
  command.footer(kFooter);
  command
      .add_option("SCENARIO", flags->scenario,
                  "A built-in scenario, or a file of your own")
      ->capture_default_str();
  CLI::App& where = *command.add_option_group("Where");
  where.require_option(1);
  where
      .add_option("--data", flags->data,
                  "Directory for the log (unless it is on Kafka) and the "
                  "state: new, empty, or of a rehearsal to continue")
      ->type_name("DIR");
  AddHttpRushFlags(command, where, flags->http);
  command
      .add_option("--bookings", flags->bookings,
                  "Seats there are; people, sites and commands grow or "
                  "shrink with them (default: the scenario's)")
      ->type_name("N")
      ->transform(WholeNumber(1, kPeopleMax));
  command
      .add_option("--shards", flags->shards,
                  "Shards (default: 2; on Kafka, where there are topics, "
                  "theirs)")
      ->type_name("P")
      ->transform(WholeNumber(1, kShardsMax));
  AddKafkaOptions(command, *flags);
  command
      .add_option("--waiting", flags->waiting,
                  "How many wait for an answer at once; more: more bookings a "
                  "second, and longer waits (default: 50000, in small "
                  "rehearsals a twentieth of the commands)")
      ->type_name("N")
      ->transform(WholeNumber(1, kWaitingMax));
  command
      .add_option("--rate", flags->rate,
                  "Publish so many commands a second, whether they are "
                  "answered or not, instead of --waiting")
      ->type_name("COMMANDS")
      ->transform(WholeNumber(1, kRateMax));
  command
      .add_option("--memory-mib", flags->memory_mib,
                  "For the rows in memory of all shards; the rest is on disk")
      ->type_name("M")
      ->capture_default_str()
      ->transform(WholeNumber(1, kMemoryMibMax));
  command.add_option("--seed", flags->seed, "Who the people are")
      ->type_name("S")
      ->capture_default_str()
      ->transform(WholeNumber(0, std::numeric_limits<uint64_t>::max()));
  command
      .add_option("--json", flags->json,
                  "Write the figures as JSON, too; - is standard output")
      ->type_name("FILE");
  command.callback([flags, &exit_code] { exit_code = Run(*flags); });
}

}  // namespace slotlog
