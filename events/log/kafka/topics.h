// The topics of a log in Kafka: makes them, and checks that they are what the
// log rests on. Beside the six of log.h stands one of a single record, which
// says what log this is:
//
//   identity := "1 " shards " " id      (id: 32 hexadecimal digits)
//
// Made last, it says that the others are complete; whoever deletes the topics
// and makes them again gets another id, and what was folded from the old ones
// is known to be of another history.
//
// Threads: any, and from many processes at once: the first identity counts.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "events/ids.h"
#include "events/log/kafka/kafka_options.h"

namespace slotlog {

struct NewKafkaTopics {
  ShardCount shards;
  /// Copies of each partition, on so many brokers; 0: three, or as many as
  /// there are brokers. With three or more, a record is acknowledged when two
  /// have it.
  int replication = 0;
};

struct KafkaLogIdentity {
  std::string id;
  ShardCount shards;
  /// The least of its topics'.
  int replication = 0;
};

/// Makes what is missing; topics that are there already stay as they are.
/// FAILED_PRECONDITION: they are not what was asked for, and how.
/// INVALID_ARGUMENT: no cluster could have them. UNAVAILABLE: nobody answers.
/// PERMISSION_DENIED.
absl::StatusOr<KafkaLogIdentity> CreateKafkaTopics(
    const KafkaLogOptions& options, const NewKafkaTopics& wanted);

/// NOT_FOUND: topics are missing, and which. FAILED_PRECONDITION: every setting
/// that is wrong, and what it must be. UNAVAILABLE: nobody answers.
/// PERMISSION_DENIED.
absl::StatusOr<KafkaLogIdentity> CheckKafkaTopics(
    const KafkaLogOptions& options);

}  // namespace slotlog
