// What a directory rehearses, and on which log: a small file, so that the same
// command continues it and another one is refused.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "events/ids.h"

namespace slotlog {

struct Manifest {
  std::string scenario;
  /// XXH3-64 of the scenario file's text, in hexadecimal digits.
  std::string scenario_digest;
  uint64_t seats = 0;
  ShardCount shards;
  uint64_t seed = 0;
  /// In which the slots lie; chosen at the first start.
  int year = 0;
  /// Else in the directory.
  bool is_on_kafka = false;
  /// The log's id, if it is on Kafka.
  std::string kafka_log;
};

/// None: nothing was rehearsed here; what a crash left of a manifest is
/// removed. DATA_LOSS: the file is no manifest.
absl::StatusOr<std::optional<Manifest>> ReadManifest(
    const std::filesystem::path& directory);

/// Durable and all at once: after a crash it is there in full, or not.
absl::Status WriteManifest(const std::filesystem::path& directory,
                           const Manifest& manifest);

/// FAILED_PRECONDITION names what the directory rehearses otherwise than is
/// asked for. The year is not compared; nor are the shards and the id of the
/// log on Kafka where 0 and nothing is asked for.
absl::Status CheckSame(const Manifest& there, const Manifest& asked_for);

}  // namespace slotlog
