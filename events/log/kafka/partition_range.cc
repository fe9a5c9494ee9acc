#include "events/log/kafka/partition_range.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// One question for all. `place` is RD_KAFKA_OFFSET_BEGINNING or
/// RD_KAFKA_OFFSET_END, which Kafka takes for times, too.
rd_kafka_resp_err_t Ask(rd_kafka_t* client, const KafkaLogOptions& options,
                        absl::Span<const TopicPartition> partitions,
                        int64_t place, std::vector<int64_t>& offsets) {
  const PartitionList list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(
        list.get(), TopicName(options, partition.topic).c_str(),
        static_cast<int32_t>(partition.shard.value))
        ->offset = place;
  }
  const rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(
      client, list.get(),
      static_cast<int>(absl::ToInt64Milliseconds(kAnswerMax)));
  offsets.clear();
  for (const TopicPartition& partition : partitions) {
    const rd_kafka_topic_partition_t* asked =
        rd_kafka_topic_partition_list_find(
            list.get(), TopicName(options, partition.topic).c_str(),
            static_cast<int32_t>(partition.shard.value));
    // librdkafka calls a partition unknown that has no leader now; its own
    // error tells one from the other.
    if (asked->err != RD_KAFKA_RESP_ERR_NO_ERROR) return asked->err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && asked->offset < 0) {
      return RD_KAFKA_RESP_ERR__FAIL;  // it stands as it was asked
    }
    offsets.push_back(asked->offset);
  }
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

absl::StatusOr<std::vector<Range>> QueryRanges(
    rd_kafka_t* client, const KafkaLogOptions& options,
    absl::Span<const TopicPartition> partitions) {
  const int64_t tries_max =
      std::max<int64_t>(kTriesMin, options.patience / kAnswerMax);
  std::vector<int64_t> low;
  std::vector<int64_t> high;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int64_t tried = 0; tried < tries_max; ++tried) {
    if (tried > 0) {
      absl::SleepFor(kBetweenTries);
      for (const TopicPartition& partition : partitions) {
        AskWhoLeads(client, TopicName(options, partition.topic));
      }
    }
    error = Ask(client, options, partitions, RD_KAFKA_OFFSET_BEGINNING, low);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      error = Ask(client, options, partitions, RD_KAFKA_OFFSET_END, high);
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      std::vector<Range> ranges;
      for (size_t i = 0; i < partitions.size(); ++i) {
        ranges.push_back({Offset{low[i]}, Offset{high[i]}});
      }
      return ranges;
    }
    // It never passes.
    if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) break;
  }
  std::vector<std::string> names;
  for (const TopicPartition& partition : partitions) {
    names.push_back(DebugString(partition));
  }
  return StatusOf(
      error, fmt::format("asking for the ends of {}", fmt::join(names, ", ")));
}

}  // namespace slotlog::kafka
