// Every setting of librdkafka that slotlog makes, in one place, with a reason
// each (settings.cc), and the clients made with them.
//
// Threads: any. A client may be used from many threads.

#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/kafka_options.h"
#include "events/log/log.h"

namespace slotlog::kafka {

/// The largest record, key and value together.
inline constexpr size_t kRecordBytesMax = size_t{16} << 20;
/// What the topics' max.message.bytes must be: the same, with its frame.
inline constexpr size_t kMessageBytesMax = kRecordBytesMax + (size_t{1} << 20);

enum class Isolation { kReadCommitted, kReadUncommitted };

/// Whether a record may stand in the log twice where an answer got lost.
enum class Repeats { kNever, kHarmless };

/// Writes without transactions. `on_delivery` is called by rd_kafka_poll for
/// every record. One that must not repeat records is half a second late with
/// its first.
absl::StatusOr<Client> NewAppender(
    const KafkaLogOptions& options,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*),
    Repeats repeats = Repeats::kNever);

/// Its transactional id is the prefix and `id`.
absl::StatusOr<Client> NewTransactionalClient(const KafkaLogOptions& options,
                                              std::string_view id);

/// Without a group. The isolation counts for what is read and for what
/// rd_kafka_query_watermark_offsets calls high.
absl::StatusOr<Client> NewReader(const KafkaLogOptions& options,
                                 Isolation isolation);

/// "slotlog.events": what a topic of this log is called there.
std::string TopicName(const KafkaLogOptions& options, Topic topic);

/// The topic with the log's id.
std::string IdTopicName(const KafkaLogOptions& options);

/// The patience, for functions that want milliseconds.
int PatienceMs(const KafkaLogOptions& options);

}  // namespace slotlog::kafka
