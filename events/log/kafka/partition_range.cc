#include "events/log/kafka/partition_range.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "events/log/kafka/settings.h"
#include "events/log/kafka/topic_handles.h"

namespace slotlog::kafka {
namespace {

/// A question that takes longer is asked anew: of the next leader, if there is
/// one by then.
constexpr absl::Duration kAnswerMax = absl::Seconds(1);
constexpr absl::Duration kBetweenTries = absl::Milliseconds(200);
/// However short the patience.
constexpr int64_t kTriesMin = 5;

/// One question. `place` is RD_KAFKA_OFFSET_BEGINNING or RD_KAFKA_OFFSET_END,
/// which Kafka takes for times, too.
rd_kafka_resp_err_t Ask(rd_kafka_t* client, const std::string& topic,
                        Shard shard, int64_t place, int64_t& offset) {
  const PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* asked = rd_kafka_topic_partition_list_add(
      list.get(), topic.c_str(), static_cast<int32_t>(shard.value));
  asked->offset = place;
  const rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(
      client, list.get(),
      static_cast<int>(absl::ToInt64Milliseconds(kAnswerMax)));
  // librdkafka calls a partition unknown that has no leader now; its own error
  // tells one from the other.
  if (asked->err != RD_KAFKA_RESP_ERR_NO_ERROR) return asked->err;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && asked->offset < 0) {
    return RD_KAFKA_RESP_ERR__FAIL;  // it stands as it was asked
  }
  offset = asked->offset;
  return error;
}

/// What is wrong with the answer shows at the next question.
void AskWhoLeads(rd_kafka_t* client, const std::string& topic) {
  const TopicHandle handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  AwaitTopic(client, handle.get(),
             static_cast<int>(absl::ToInt64Milliseconds(kAnswerMax)))
      .IgnoreError();
}

}  // namespace

absl::StatusOr<Range> QueryRange(rd_kafka_t* client,
                                 const KafkaLogOptions& options,
                                 TopicPartition partition) {
  const std::string topic = TopicName(options, partition.topic);
  const int64_t tries_max =
      std::max<int64_t>(kTriesMin, options.patience / kAnswerMax);
  int64_t low = 0;
  int64_t high = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int64_t tried = 0; tried < tries_max; ++tried) {
    if (tried > 0) {
      absl::SleepFor(kBetweenTries);
      AskWhoLeads(client, topic);
    }
    error = Ask(client, topic, partition.shard, RD_KAFKA_OFFSET_BEGINNING, low);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      error = Ask(client, topic, partition.shard, RD_KAFKA_OFFSET_END, high);
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Range{Offset{low}, Offset{high}};
    }
    // It never passes.
    if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) break;
  }
  return StatusOf(
      error, fmt::format("asking for the ends of {}", DebugString(partition)));
}

}  // namespace slotlog::kafka
