// Every setting of librdkafka that slotlog makes, in one place, with a reason
// each (settings.cc), and the clients made with them.
//
// Threads: any. A client may be used from many threads.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

/// The largest record, key and value together.
inline constexpr size_t kLogRecordBytesMax = size_t{16} << 20;
/// What the topics' max.message.bytes must be: the same, with its frame.
inline constexpr size_t kMessageBytesMax =
    kLogRecordBytesMax + (size_t{1} << 20);

/// How long a worker that says nothing keeps its shards: the least that brokers
/// allow by default.
inline constexpr absl::Duration kSessionTimeout = absl::Seconds(6);

/// A member hears with its next heartbeat that shards change hands: they stand
/// still for so long.
inline constexpr absl::Duration kHeartbeatInterval = absl::Milliseconds(50);

enum class Isolation { kReadCommitted, kReadUncommitted };

/// Whether a record may stand in the log twice where an answer got lost.
enum class Repeats { kNever, kHarmless };

/// Called for every record, by rd_kafka_poll, rd_kafka_flush and what ends a
/// transaction.
using DeliveryCallback = void (*)(rd_kafka_t*, const rd_kafka_message_t*,
                                  void*);

/// Writes without transactions. One that must not repeat records is half a
/// second late with its first.
absl::StatusOr<Client> NewAppender(const KafkaLogOptions& options,
                                   DeliveryCallback on_delivery,
                                   Repeats repeats = Repeats::kNever);

/// Its transactional id is the prefix and `id`.
absl::StatusOr<Client> NewTransactionalClient(const KafkaLogOptions& options,
                                              std::string_view id,
                                              DeliveryCallback on_delivery);

/// Without a group. The isolation counts for what is read and for what
/// rd_kafka_query_watermark_offsets calls high.
absl::StatusOr<Client> NewReader(const KafkaLogOptions& options,
                                 Isolation isolation);

/// A member of the group of the log's workers, which reads nothing.
/// `on_rebalance` is called by rd_kafka_consumer_poll, with `opaque`.
absl::StatusOr<Client> NewMember(
    const KafkaLogOptions& options,
    void (*on_rebalance)(rd_kafka_t*, rd_kafka_resp_err_t,
                         rd_kafka_topic_partition_list_t*, void*),
    void* opaque);

/// Reads and writes a group's offsets, and is no member of it.
absl::StatusOr<Client> NewGroupClient(const KafkaLogOptions& options,
                                      const std::string& group);

/// "slotlog.workers".
std::string GroupName(const KafkaLogOptions& options);
/// "slotlog.standbys.": before the standby's name.
std::string StandbyGroupPrefix(const KafkaLogOptions& options);

/// "slotlog.events": what a topic of this log is called there.
std::string TopicName(const KafkaLogOptions& options, Topic topic);

/// The topic with the log's id.
std::string IdTopicName(const KafkaLogOptions& options);

/// The patience, for functions that want milliseconds.
int PatienceMs(const KafkaLogOptions& options);

}  // namespace slotlog::kafka
