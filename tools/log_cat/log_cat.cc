#include "tools/log_cat/log_cat.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

#include "events/log/record_stream.h"
#include "tools/log_cat/record_format.h"

namespace slotlog {
namespace {

using WriteLine = std::function<absl::Status(std::string_view)>;

absl::Status UnknownTopic(std::string_view name) {
  std::vector<std::string_view> topics;
  for (Topic topic : kTopics) topics.push_back(NameOf(topic));
  return absl::InvalidArgumentError(
      fmt::format("unknown topic \"{}\"; the topics are {}", name,
                  fmt::join(topics, ", ")));
}

absl::Status UnknownPartition(std::string_view name, Topic topic,
                              ShardCount shards) {
  return absl::InvalidArgumentError(fmt::format(
      "unknown partition \"{}\"; this log has {}", name,
      shards.value == 1
          ? fmt::format("{}/0 only", NameOf(topic))
          : fmt::format("{0}/0 to {0}/{1}", NameOf(topic), shards.value - 1)));
}

/// Prints one partition; counts what is left to print down.
absl::Status PrintPartition(Log& log, TopicPartition partition,
                            const LogCatRequest& request,
                            const WriteLine& write, uint64_t& records_left) {
  absl::StatusOr<Watermarks> watermarks = log.WatermarksOf(partition);
  if (!watermarks.ok()) return watermarks.status();
  const Offset end = watermarks->last_stable;
  const Position begin{partition, std::max(request.from, watermarks->low)};
  if (begin.offset >= end) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<Consumer>> consumer =
      log.OpenConsumer({&begin, 1});
  if (!consumer.ok()) return consumer.status();

  RecordStream stream(log, **consumer, partition, begin.offset);
  for (; records_left > 0; --records_left) {
    absl::StatusOr<const Record*> record = stream.Peek();
    if (!record.ok()) return record.status();
    if (*record == nullptr || (*record)->offset >= end) break;
    absl::Status written =
        write(request.json ? FormatAsJson(partition, **record)
                           : FormatAsText(partition, **record));
    if (!written.ok()) return written;
    stream.Take();
    stream.Forget();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<TopicPartition>> PartitionsNamed(
    std::string_view name, ShardCount shards) {
  const size_t slash = name.find('/');
  const std::string_view topic_name = name.substr(0, slash);
  const Topic* topic =
      std::find_if(std::begin(kTopics), std::end(kTopics),
                   [&](Topic known) { return NameOf(known) == topic_name; });
  if (topic == std::end(kTopics)) return UnknownTopic(topic_name);

  std::vector<TopicPartition> partitions;
  if (slash == std::string_view::npos) {
    for (Shard shard{0}; shard.value < shards.value; ++shard) {
      partitions.push_back({*topic, shard});
    }
    return partitions;
  }
  const std::string_view digits = name.substr(slash + 1);
  uint32_t shard = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), shard);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      shard >= shards.value) {
    return UnknownPartition(name, *topic, shards);
  }
  partitions.push_back({*topic, Shard{shard}});
  return partitions;
}

absl::Status LogCat(
    Log& log, const LogCatRequest& request,
    const std::function<absl::Status(std::string_view)>& write) {
  uint64_t records_left = request.records_max;
  for (TopicPartition partition : request.partitions) {
    absl::Status printed =
        PrintPartition(log, partition, request, write, records_left);
    if (!printed.ok()) return printed;
  }
  return absl::OkStatus();
}

}  // namespace slotlog
