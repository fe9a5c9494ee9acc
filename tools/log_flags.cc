#include "tools/log_flags.h"

#include "events/log/kafka/kafka_log.h"
#include "tools/directory_log.h"

namespace slotlog {
void AddLogFlags(CLI::App& command, LogFlags& flags) {
  CLI::Option* data =
      command
          .add_option("--data", flags.data,
                      "Directory with the log (of slotlog rush, say)")
          ->type_name("DIR");
  AddKafkaFlags(command, flags.kafka)->excludes(data);
}

absl::StatusOr<std::unique_ptr<Log>> OpenToRead(const LogFlags& flags) {
  if (!flags.data.empty()) return OpenLogToRead(flags.data);
  if (flags.kafka.brokers.empty()) {
    return absl::InvalidArgumentError(
        "which log? --data names a directory, --kafka a cluster");
  }
  absl::StatusOr<KafkaLogOptions> options = OptionsOf(flags.kafka);
  if (!options.ok()) return options.status();
  return KafkaLog::Open(*options);
}

}  // namespace slotlog
