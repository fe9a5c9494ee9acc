// The log that a rehearsal runs on: in its own directory, or on Kafka, where
// its topics are made if they are missing. The directory's manifest says which
// log it is, so that the same command continues on the same one.
//
// Threads: one.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "events/log/log.h"
#include "tools/kafka_flags.h"
#include "tools/rush/manifest.h"

namespace slotlog {

/// Of a log that is made, if nothing else is asked for.
inline constexpr uint32_t kShardsDefault = 2;

struct RehearsalLog {
  std::unique_ptr<Log> log;
  /// What the directory rehearses.
  Manifest manifest;
  /// Else it is to be noted, once the log is known to hold nothing else.
  bool is_noted = false;
  /// Its topics and brokers, if it is on Kafka.
  std::string kafka;
  /// Does what was acknowledged survive that a machine loses power?
  bool is_durable = true;
};

/// What the directory rehearses already, which is the same as is asked for; the
/// directory is made if it is missing.
absl::StatusOr<std::optional<Manifest>> FindManifest(
    const std::filesystem::path& directory, const Manifest& asked_for);

/// The log in the directory, which is made and noted if it is missing.
absl::StatusOr<RehearsalLog> OpenOwnLog(const std::filesystem::path& directory,
                                        const std::optional<Manifest>& there,
                                        const Manifest& asked_for);

/// The log on Kafka. Topics are made where the directory knows of none and none
/// are there: so many copies of each, 0: as topics.h says.
absl::StatusOr<RehearsalLog> OpenKafkaLog(const KafkaFlags& flags,
                                          int replication,
                                          const std::optional<Manifest>& there,
                                          Manifest asked_for);

}  // namespace slotlog
