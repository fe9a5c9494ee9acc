// What workers say of their shards, in the offsets of a Kafka group: the next
// command, which lag tools read, and a text beside it. Nothing rests on it.
//
// Owners say it as members of the log's group (membership.h); standbys, each in
// a group of its own.
//
// Threads: any.

#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/kafka/kafka_options.h"

namespace slotlog {

struct PublishedProgress {
  /// The next record of `commands` to be decided: lag tools show the rest.
  Offset next_command;
  /// To 4,000 bytes.
  std::string text;
};

class GroupOffsets {
 public:
  /// The group of the log's owners.
  static absl::StatusOr<std::unique_ptr<GroupOffsets>> OfOwners(
      const KafkaLogOptions& options);
  /// The group of one standby.
  static absl::StatusOr<std::unique_ptr<GroupOffsets>> OfStandby(
      const KafkaLogOptions& options, std::string_view name);
  ~GroupOffsets();

  /// Says it, without waiting. Only for a standby's group.
  void Publish(const std::map<Shard, PublishedProgress>& progress);

  /// What was said last of each shard of which anything was.
  absl::StatusOr<std::map<Shard, PublishedProgress>> Read(ShardCount shards);

  /// The names of those who ever said something as a standby.
  absl::StatusOr<std::vector<std::string>> FindStandbys();

 private:
  struct Parts;
  explicit GroupOffsets(std::unique_ptr<Parts> parts);

  static absl::StatusOr<std::unique_ptr<GroupOffsets>> Of(
      const KafkaLogOptions& options, const std::string& group);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog
