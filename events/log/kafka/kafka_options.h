// Which Kafka, which log in it, and how patiently. Many logs live on one
// cluster, told apart by the prefix of their topics' names.
//
// The file that ReadClientProperties reads has one `name=value` a line, blank
// lines and lines that begin with `#` aside; names are librdkafka's. It is for
// what the place demands (TLS, passwords); what safety rests on is refused.
//
// Values only: any thread.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <map>
#include <string>

namespace slotlog {

using ClientProperties = std::map<std::string, std::string>;

struct KafkaLogOptions {
  /// "HOST:PORT,HOST:PORT": any of the cluster's brokers.
  std::string brokers;
  /// Before the name of each topic, transactional id and group.
  std::string prefix = "slotlog.";
  /// Handed on to librdkafka: TLS and passwords.
  ClientProperties client;
  /// When nobody has answered for so long, a call gives up: UNAVAILABLE where
  /// it is known that nothing is lost by it, kUnknown of a commit. At least a
  /// second; longer than the cluster takes to replace a lost broker.
  absl::Duration patience = absl::Seconds(30);
};

/// NOT_FOUND: there is no such file. INVALID_ARGUMENT: which line is wrong.
absl::StatusOr<ClientProperties> ReadClientProperties(
    const std::filesystem::path& file);

}  // namespace slotlog
