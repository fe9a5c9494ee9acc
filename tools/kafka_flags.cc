#include "tools/kafka_flags.h"

#include <utility>

namespace slotlog {

CLI::Option* AddKafkaFlags(CLI::App& command, KafkaFlags& flags) {
  CLI::Option* kafka =
      command
          .add_option("--kafka", flags.brokers, "Brokers of a Kafka cluster")
          ->type_name("HOST:PORT,...")
          ->check([](const std::string& brokers) {
            return brokers.empty() ? "names no broker" : "";
          });
  command
      .add_option("--prefix", flags.prefix,
                  "Before the names of the log's topics: many logs fit on one "
                  "cluster")
      ->type_name("TEXT")
      ->needs(kafka)
      ->capture_default_str();
  command
      .add_option("--kafka-config", flags.config,
                  "What the cluster demands of clients (TLS, passwords): "
                  "name=value lines with librdkafka's names")
      ->type_name("FILE")
      ->needs(kafka);
  return kafka;
}

absl::StatusOr<KafkaLogOptions> OptionsOf(const KafkaFlags& flags) {
  KafkaLogOptions options;
  options.brokers = flags.brokers;
  options.prefix = flags.prefix;
  if (flags.config.empty()) return options;
  absl::StatusOr<ClientProperties> client = ReadClientProperties(flags.config);
  if (!client.ok()) return client.status();
  options.client = *std::move(client);
  return options;
}

}  // namespace slotlog
