// The handles of a log's topics in one client, known to it from the start: a
// client that hears of a topic only with its first record may let that record
// wait for a second.
//
// Threads: any, once made. The client must outlive it.

#pragma once

#include <absl/status/status.h>

#include <map>

#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

/// Waits until the client knows where the topic's partitions are; of all topics
/// that it has handles of, if none is named. UNAVAILABLE: nobody answers.
absl::Status AwaitTopic(rd_kafka_t* client, rd_kafka_topic_t* topic,
                        int patience_ms);

/// A record's header.
inline constexpr char kTraceParentHeader[] = "traceparent";

class TopicHandles {
 public:
  TopicHandles(rd_kafka_t* client, const KafkaLogOptions& options);

  absl::Status Await() const {
    return AwaitTopic(client_, nullptr, patience_ms_);
  }

  rd_kafka_t* client() const { return client_; }
  rd_kafka_topic_t* operator[](Topic topic) const;

 private:
  rd_kafka_t* const client_;
  const int patience_ms_;
  std::map<Topic, TopicHandle> handles_;
};

/// Hands one record to the client, which copies it; waits for room in its
/// queue. `opaque` comes back with the delivery report.
rd_kafka_resp_err_t Produce(const TopicHandles& topics, const NewRecord& record,
                            void* opaque);

/// Whether a record that librdkafka calls written is known to be. Without an
/// offset it was only inferred: the broker called it a repetition, or took a
/// later one while it refused this one (rd_kafka_dr_implicit_ack).
bool IsPlaced(const rd_kafka_message_t& message);

}  // namespace slotlog::kafka
