// What topics there are, how they are set up, and making new ones: librdkafka's
// admin calls, waited for.
//
// Threads: any. The client must outlive it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/topic_settings.h"

namespace slotlog::kafka {

struct TopicToMake {
  std::string name;
  int partitions;
  int replication;
  TopicConfig config;
};

struct TopicFound {
  int partitions;
  /// The least of its partitions'.
  int replication;
};

struct Found {
  int brokers;
  /// Those that are there, of those asked for.
  std::map<std::string, TopicFound> topics;
};

class Admin {
 public:
  /// Gives up after so long.
  Admin(rd_kafka_t* client, int patience_ms)
      : client_(client), patience_ms_(patience_ms) {}

  absl::StatusOr<Found> Find(const std::vector<std::string>& topics);
  /// REQUIRES: they are there.
  absl::StatusOr<std::map<std::string, TopicConfig>> Describe(
      const std::vector<std::string>& topics);
  /// Topics that are there already are left as they are.
  absl::Status Make(const std::vector<TopicToMake>& topics);

 private:
  AdminOptions Options(rd_kafka_admin_op_t operation) const;
  /// The answer to an admin call that was sent with this queue.
  absl::StatusOr<Event> Answer(rd_kafka_queue_t* queue,
                               std::string_view what) const;

  rd_kafka_t* const client_;
  const int patience_ms_;
};

}  // namespace slotlog::kafka
