#include "tools/log_flags.h"

#include <fmt/format.h>

#include <cstdio>

#include "events/log/embedded/embedded_log.h"
#include "events/log/kafka/kafka_log.h"
#include "tools/data_directory.h"

namespace slotlog {
namespace {

absl::StatusOr<std::unique_ptr<Log>> OpenDirectory(const std::string& data) {
  if (auto lost = CheckJournalIsNotLost(data); !lost.ok()) return lost;
  EmbeddedLogOptions options;
  options.read_only = true;
  absl::StatusOr<std::unique_ptr<EmbeddedLog>> log =
      EmbeddedLog::Open(LogDirectory(data), options);
  if (!log.ok()) return log.status();
  if ((*log)->Recovery().bytes_cut > 0) {
    fmt::print(stderr, "slotlog: {}\n", (*log)->Recovery().DebugString());
  }
  return log;
}

}  // namespace

void AddLogFlags(CLI::App& command, LogFlags& flags) {
  CLI::Option* data =
      command
          .add_option("--data", flags.data,
                      "Directory with the log (of slotlog rush, say)")
          ->type_name("DIR");
  AddKafkaFlags(command, flags.kafka)->excludes(data);
}

absl::StatusOr<std::unique_ptr<Log>> OpenToRead(const LogFlags& flags) {
  if (!flags.data.empty()) return OpenDirectory(flags.data);
  if (flags.kafka.brokers.empty()) {
    return absl::InvalidArgumentError(
        "which log? --data names a directory, --kafka a cluster");
  }
  absl::StatusOr<KafkaLogOptions> options = OptionsOf(flags.kafka);
  if (!options.ok()) return options.status();
  return KafkaLog::Open(*options);
}

}  // namespace slotlog
