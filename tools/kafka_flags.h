// The flags of every command that may stand on Kafka: which cluster, which log
// in it, and what its clients need.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>

#include <CLI/CLI.hpp>
#include <string>

#include "events/log/kafka/kafka_options.h"

namespace slotlog {

/// So many copies of a partition may be asked for where a command makes topics.
inline constexpr int kReplicationMax = 9;

struct KafkaFlags {
  /// Empty: not on Kafka.
  std::string brokers;
  std::string prefix = KafkaLogOptions().prefix;
  /// A file; empty: none.
  std::string config;
};

/// --kafka, --prefix and --kafka-config. Returns --kafka.
CLI::Option* AddKafkaFlags(CLI::App& command, KafkaFlags& flags);

/// Reads the client's file. NOT_FOUND, INVALID_ARGUMENT: what is wrong with it.
absl::StatusOr<KafkaLogOptions> OptionsOf(const KafkaFlags& flags);

}  // namespace slotlog
