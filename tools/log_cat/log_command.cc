#include "tools/log_cat/log_command.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "tools/exit_codes.h"
#include "tools/log_cat/log_cat.h"
#include "tools/log_flags.h"
#include "tools/whole_number.h"

namespace slotlog {
namespace {

constexpr const char* kHelp =
    R"(Each line: partition, offset, time, key, message. Bytes that are no message are
shown as UNDECODABLE with their first bytes. Nothing is written to the log.

Examples:
  slotlog log cat --data /tmp/rush events/0 --limit 10
  slotlog log cat --data /tmp/rush confirmations --json | jq .message
  slotlog log cat --kafka localhost:9092 events/0 --limit 10

Exit codes: 0 done, 2 could not run.)";

struct LogCatArguments {
  LogFlags log;
  std::string topic;
  int64_t from = 0;
  uint64_t limit = 0;
  bool json = false;
};

absl::Status WriteLine(std::string_view line) {
  const bool is_written =
      std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
      std::fputc('\n', stdout) != EOF;
  if (is_written) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot write to standard output");
}

absl::Status PrintRecords(const LogCatArguments& arguments) {
  absl::StatusOr<std::unique_ptr<Log>> log = OpenToRead(arguments.log);
  if (!log.ok()) return log.status();
  absl::StatusOr<std::vector<TopicPartition>> partitions =
      PartitionsNamed(arguments.topic, (*log)->Shards());
  if (!partitions.ok()) return partitions.status();

  LogCatRequest request;
  request.partitions = *std::move(partitions);
  request.from = Offset{arguments.from};
  if (arguments.limit > 0) request.records_max = arguments.limit;
  request.json = arguments.json;
  absl::Status printed = LogCat(**log, request, WriteLine);
  if (printed.ok() && std::fflush(stdout) != 0) {
    return absl::ErrnoToStatus(errno, "cannot write to standard output");
  }
  return printed;
}

int RunLogCat(const LogCatArguments& arguments) {
  const absl::Status printed = PrintRecords(arguments);
  if (printed.ok()) return kExitOk;
  fmt::print(stderr, "slotlog log cat: {}\n", std::string(printed.message()));
  return kExitCouldNotRun;
}

}  // namespace

void AddLogCommand(CLI::App& app, int& exit_code) {
  CLI::App* log = app.add_subcommand("log", "Look at the records of the log");
  log->require_subcommand(1);
  CLI::App* cat = log->add_subcommand("cat", "Print a topic's records");
  cat->footer(kHelp);
  auto arguments = std::make_shared<LogCatArguments>();
  cat->add_option("TOPIC", arguments->topic,
                  "A topic or one partition of it: events, events/0")
      ->required();
  AddLogFlags(*cat, arguments->log);
  cat->add_option("--from", arguments->from, "First offset (default: all)")
      ->type_name("OFFSET")
      ->transform(WholeNumber(0, std::numeric_limits<int64_t>::max()));
  cat->add_option("--limit", arguments->limit,
                  "At most so many records (default: all)")
      ->type_name("N")
      ->transform(WholeNumber(1, std::numeric_limits<uint64_t>::max()));
  cat->add_flag("--json", arguments->json, "One JSON object a line");
  cat->callback([arguments, &exit_code] { exit_code = RunLogCat(*arguments); });
}

}  // namespace slotlog
