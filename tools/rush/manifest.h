// What a directory rehearses: a small file beside the log, so that the same
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
};

/// None: nothing was rehearsed here; what a crash left of a manifest is
/// removed. DATA_LOSS: the file is no manifest.
absl::StatusOr<std::optional<Manifest>> ReadManifest(
    const std::filesystem::path& directory);

/// Durable and all at once: after a crash it is there in full, or not.
absl::Status WriteManifest(const std::filesystem::path& directory,
                           const Manifest& manifest);

/// FAILED_PRECONDITION names what the directory rehearses otherwise than is
/// asked for. The year is not compared.
absl::Status CheckSame(const Manifest& there, const Manifest& asked_for);

}  // namespace slotlog
