// Owners of librdkafka's objects, and its errors as ours. Each handle ends its
// object when it goes out of scope.
//
// Threads: as librdkafka says of the object; a handle itself is a unique_ptr.

#pragma once

#include <absl/status/status.h>
#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <string_view>

namespace slotlog::kafka {

template <auto kDestroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};
template <typename T, auto kDestroy>
using Owned = std::unique_ptr<T, Destroyer<kDestroy>>;

/// Ending a client waits for its threads; what it still had to send is lost.
using Client = Owned<rd_kafka_t, rd_kafka_destroy>;
using Conf = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using TopicHandle = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t,
                            rd_kafka_topic_partition_list_destroy>;
using Error = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using Message = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;
using AdminOptions =
    Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using NewTopic = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using ConfigResource =
    Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

/// `what` says who wanted what; `detail` is librdkafka's own text, if it has
/// one. UNAVAILABLE: trying again later may help. REQUIRES: not NO_ERROR.
absl::Status StatusOf(rd_kafka_resp_err_t error, std::string_view what,
                      std::string_view detail = {});

/// The error that ended this client for good; NO_ERROR: it lives.
rd_kafka_resp_err_t FatalErrorOf(rd_kafka_t* client);

/// Whether the error says that another producer with the same id was opened.
bool IsFenced(rd_kafka_resp_err_t error);

}  // namespace slotlog::kafka
