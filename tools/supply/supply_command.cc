#include "tools/supply/supply_command.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "events/log/kafka/kafka_log.h"
#include "events/log/log.h"
#include "tools/data_directory.h"
#include "tools/directory_log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/output_file.h"
#include "tools/progress_line.h"
#include "tools/shards_max.h"
#include "tools/stop_signal.h"
#include "tools/supply/import_files.h"
#include "tools/supply/report_file.h"
#include "tools/texts.h"
#include "tools/whole_number.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr size_t kFilesMax = 1'000;

constexpr char kDescription[] = "Import sites and slots from files";

constexpr char kFooter[] =
    R"(Sites before their slots, in one file after the other. What the log holds
already is left alone, so the same command may be run again: after Ctrl-C, a
crash or a longer file. It takes a directory that no other process has open, or
a log on Kafka whose workers run.

Formats:
  csv     the first line names the columns, in any order:
            site_id,name,region
            site_id,slot_id,start,end,capacity[,day]
          times as 2021-07-26T09:00:00+09:00, days as 2021-07-26
  ndjson  an object a line with the same fields
  ssl     SMART Scheduling Links: Locations, Schedules, Slots, in this order

Each row ends in one count: imported, already there, refused (it contradicts
what is so) or bad (it cannot be read). --report tells of each one that is not
in the log as its row says, and of doubts: values that are odd and were taken.

Examples:
  slotlog supply import --dry-run sites.csv slots.csv
  slotlog supply import --data /srv/slotlog sites.csv slots.csv --report bad.csv
  slotlog supply import --kafka localhost:9092 sites.csv slots.csv
  zcat slots.csv.gz | slotlog supply import --data /srv/slotlog -f csv -
  slotlog supply import --data /srv/slotlog --columns name=place,region=reg \
    --columns site_id=area+place places.csv

Exit codes: 0 every row is in the log (in a dry run: could be); 2 it could not
run to its end, or not write its report; 3 some rows are bad or refused; 130
stopped by Ctrl-C or SIGTERM.)";

struct SupplyFlags {
  std::vector<std::string> files;
  std::string data;
  KafkaFlags kafka;
  std::string format;
  std::vector<std::string> columns;
  std::string delimiter = ",";
  std::string report;
  /// 0: those of the log that is there.
  uint32_t shards = 0;
  uint64_t memory_mib = kMemoryMibDefault;
  bool takes_day_of_start = false;
  bool changes_capacities = false;
  bool is_dry_run = false;
};

int Fail(const absl::Status& status) {
  fmt::print(stderr, "slotlog supply import: {}\n",
             std::string(status.message()));
  return kExitCouldNotRun;
}

absl::StatusOr<supply::Format> FormatOf(const SupplyFlags& flags,
                                        const std::string& path) {
  if (flags.format == "csv") return supply::Format::kCsv;
  if (flags.format == "ndjson") return supply::Format::kNdjson;
  if (flags.format == "ssl") return supply::Format::kSchedulingLinks;
  const auto format = supply::FormatOf(path);
  if (format.has_value()) return *format;
  return absl::InvalidArgumentError(fmt::format(
      "what {} holds does not show in its name: say --format", path));
}

absl::StatusOr<supply::FilesToImport> OpenFiles(const SupplyFlags& flags,
                                                supply::Schedules& schedules) {
  supply::FilesToImport files;
  auto columns = supply::Columns::From(flags.columns);
  if (!columns.ok()) return columns.status();
  files.columns = *std::move(columns);
  files.rules.takes_day_of_start = flags.takes_day_of_start;
  files.stop = &IsStopAsked;
  for (const std::string& path : flags.files) {
    const auto format = FormatOf(flags, path);
    if (!format.ok()) return format.status();
    auto file = supply::OpenRowFile(path, *format, flags.delimiter.front(),
                                    files.columns, schedules);
    if (!file.ok()) return file.status();
    files.files.push_back(*std::move(file));
  }
  return files;
}

/// Opening the report empties it: it is none of the files that are read, by no
/// name of theirs.
absl::Status CheckReportHarmsNothing(const SupplyFlags& flags) {
  // What cannot be looked at is told by whoever opens it.
  std::error_code ignored;
  const std::string report = flags.report == "-" ? "/dev/stdout" : flags.report;
  // A terminal or a pipe can be both.
  if (!std::filesystem::is_regular_file(report, ignored)) {
    return absl::OkStatus();
  }
  for (const std::string& file : flags.files) {
    const std::string read = file == "-" ? "/dev/stdin" : file;
    if (!std::filesystem::equivalent(read, report, ignored)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "--report {} would overwrite {}, which is to be imported: name another "
        "file",
        flags.report, file == "-" ? "standard input" : file));
  }
  if (flags.data.empty()) return absl::OkStatus();
  for (const auto& kept :
       {LogDirectory(flags.data), StateDirectory(flags.data)}) {
    const auto inside = std::filesystem::relative(report, kept, ignored);
    if (inside.empty() || *inside.begin() == "..") continue;
    return absl::InvalidArgumentError(fmt::format(
        "--report {} would overwrite a file of the log or the state: name "
        "another file",
        flags.report));
  }
  return absl::OkStatus();
}

/// Null: a dry run where there is no log.
absl::StatusOr<std::unique_ptr<Log>> OpenLog(const SupplyFlags& flags) {
  if (!flags.kafka.brokers.empty()) {
    const auto options = OptionsOf(flags.kafka);
    if (!options.ok()) return options.status();
    return KafkaLog::Open(*options);
  }
  if (!flags.is_dry_run) {
    return OpenOrMakeLog(flags.data, ShardCount{flags.shards});
  }
  if (flags.data.empty()) return nullptr;
  return FindLogToRead(flags.data);
}

/// On a log that is open, or null.
absl::Status Import(const SupplyFlags& flags, Log* log,
                    supply::FilesToImport& files,
                    supply::ImportReport& report) {
  ProgressLine progress(stderr, isatty(STDERR_FILENO) == 1);
  supply::Inventory inventory;
  std::unique_ptr<supply::SupplyHistory> history;
  if (log != nullptr) {
    auto opened = supply::SupplyHistory::Open(*log);
    if (!opened.ok()) return opened.status();
    history = *std::move(opened);
    auto read =
        supply::ReadInventory(*history, inventory, progress, files.stop);
    if (!read.ok()) return read;
  }
  std::unique_ptr<Worker> worker;
  supply::ImportOptions options;
  options.changes_capacities = flags.changes_capacities;
  options.clock = [] { return absl::Now(); };
  options.health = [&worker] {
    return worker == nullptr ? absl::OkStatus() : worker->Health();
  };
  options.on_progress = [&] {
    progress.Show(absl::Now(), [&] {
      return fmt::format("deciding: rows {}, imported {}",
                         Short(report.figures().read),
                         Short(report.figures().imported));
    });
  };
  if (flags.is_dry_run) {
    supply::SupplyImport import(nullptr, nullptr, inventory, report,
                                std::move(options));
    return supply::ImportFiles(files, import, report, progress);
  }
  // On Kafka others decide.
  if (flags.kafka.brokers.empty()) {
    auto started = StartWorker(*log, flags.data, flags.memory_mib);
    if (!started.ok()) return started.status();
    worker = *std::move(started);
  }
  supply::SupplyImport import(log, history.get(), inventory, report,
                              std::move(options));
  auto status = supply::ImportFiles(files, import, report, progress);
  if (worker != nullptr) status.Update(StopWorker(*worker));
  return status;
}

/// Tells people how it ended; the exit code.
int Tell(const SupplyFlags& flags, const absl::Status& status,
         const supply::ImportReport& report, supply::ReportFile* file,
         absl::Duration elapsed) {
  const std::string summary = report.Summary(flags.is_dry_run) +
                              fmt::format("in {}\n", InWords(elapsed));
  absl::Status written;
  if (file != nullptr) written = file->Close();
  if (file != nullptr && file->IsStandardOutput()) {
    std::fputs(summary.c_str(), stderr);
  } else {
    written.Update(WriteToStandardOutput(summary));
  }
  if (!status.ok()) return Fail(status);
  if (!written.ok()) return Fail(written);
  if (IsStopAsked()) {
    fmt::print(stderr, "The same command continues it.\n");
    return kExitStopped;
  }
  const supply::ImportFigures& figures = report.figures();
  return figures.bad + figures.refused > 0 ? kExitRowsLeftOut : kExitOk;
}

int RunImport(const SupplyFlags& flags) {
  const absl::Time start = absl::Now();
  if (flags.data.empty() && flags.kafka.brokers.empty() && !flags.is_dry_run) {
    return Fail(absl::InvalidArgumentError(
        "which log? --data names a directory, --kafka a cluster; only "
        "--dry-run goes without"));
  }
  if (auto checked = CheckReportHarmsNothing(flags); !checked.ok()) {
    return Fail(checked);
  }
  supply::Schedules schedules;
  auto files = OpenFiles(flags, schedules);
  if (!files.ok()) return Fail(files.status());
  std::unique_ptr<supply::ReportFile> file;
  if (!flags.report.empty()) {
    auto opened = supply::ReportFile::Open(flags.report);
    if (!opened.ok()) return Fail(opened.status());
    file = *std::move(opened);
  }
  auto log = OpenLog(flags);
  if (!log.ok()) return Fail(log.status());
  std::vector<std::string> names;
  for (const supply::RowFile& row_file : files->files) {
    names.push_back(row_file.lines->name());
  }
  supply::ImportReport report(std::move(names),
                              [&file](const supply::ToldFault& told) {
                                if (file != nullptr) file->Write(told);
                              });
  StopOnSignals();
  const absl::Status status = Import(flags, log->get(), *files, report);
  return Tell(flags, status, report, file.get(), absl::Now() - start);
}

void AddOptions(CLI::App& command, SupplyFlags& flags) {
  command
      .add_option("FILES", flags.files,
                  "Read one after the other; - is standard input")
      ->required()
      ->expected(1, kFilesMax);
  CLI::Option* data =
      command
          .add_option("--data", flags.data,
                      "Directory with the log and the state; a dry run "
                      "compares with it")
          ->type_name("DIR");
  AddKafkaFlags(command, flags.kafka)->excludes(data);
  command
      .add_option("-f,--format", flags.format,
                  "csv, ndjson or ssl (default: by the files' names)")
      ->check(CLI::IsMember({"csv", "ndjson", "ssl"}));
  command
      .add_option("--columns", flags.columns,
                  "Our field and the file's that it is read from, or several "
                  "joined by +; columns that are not named are left out")
      ->type_name("FIELD=COLUMN,...")
      ->allow_extra_args(false);
  command
      .add_option("--delimiter", flags.delimiter,
                  "Between the fields of a CSV file")
      ->type_name("BYTE")
      ->capture_default_str()
      ->check([](const std::string& text) {
        return text.size() == 1 ? "" : "must be one byte";
      });
  command.add_flag("--day-of-start", flags.takes_day_of_start,
                   "A slot without a day has that of its start, as written");
  command.add_flag("--update", flags.changes_capacities,
                   "Change the capacity of slots that have another one");
  command.add_flag("--dry-run", flags.is_dry_run,
                   "Only say what would be; nothing is written to the log");
  command
      .add_option("--report", flags.report,
                  "Tell of each row that was not taken: NDJSON, or CSV where "
                  "the name ends in .csv; - is standard output")
      ->type_name("FILE|-");
  command
      .add_option("--shards", flags.shards,
                  "Make the log where there is none, with so many shards")
      ->type_name("P")
      ->transform(WholeNumber(1, kShardsMax));
  command
      .add_option("--memory-mib", flags.memory_mib,
                  "For the rows in memory of all shards; the rest is on disk")
      ->type_name("M")
      ->capture_default_str()
      ->transform(WholeNumber(1, kMemoryMibMax));
}

}  // namespace

void AddSupplyCommand(CLI::App& app, int& exit_code) {
  CLI::App* supply = app.add_subcommand("supply", "Bring in sites and slots");
  supply->require_subcommand(1);
  CLI::App* command = supply->add_subcommand("import", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<SupplyFlags>();
  AddOptions(*command, *flags);
  command->callback([flags, &exit_code] { exit_code = RunImport(*flags); });
}

}  // namespace slotlog
