#include "tools/log_cat/log_cat.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

#include "tools/log_cat/record_format.h"

namespace slotlog {
namespace {

constexpr size_t kFetchRecordsMax = 1024;
constexpr size_t kFetchBytesMax = 1024 * 1024;

/// A log of another process may take a moment to hand over what it has.
constexpr int kEmptyFetchesMax = 500;
constexpr absl::Duration kFetchWait = absl::Milliseconds(20);

absl::Status UnknownName(std::string_view name, ShardCount shards) {
  std::string topics;
  for (Topic topic : kTopics) topics += fmt::format(" {}", NameOf(topic));
  return absl::InvalidArgumentError(
      fmt::format("there is no '{}'; the topics are{}, each with partitions 0 "
                  "to {} (as in events/0)",
                  name, topics, shards.value - 1));
}

/// Prints one partition; counts what is left to print down.
class PartitionCat {
 public:
  PartitionCat(Log& log, const LogCatRequest& request, TopicPartition partition,
               const std::function<absl::Status(std::string_view)>& write)
      : log_(log), request_(request), partition_(partition), write_(write) {}

  absl::Status Print(uint64_t& records_left) {
    absl::StatusOr<Watermarks> watermarks = log_.WatermarksOf(partition_);
    if (!watermarks.ok()) return watermarks.status();
    const Offset end = watermarks->last_stable;
    const Offset from = std::max(request_.from, watermarks->low);
    if (from >= end) return absl::OkStatus();
    const Position begin{partition_, from};
    absl::StatusOr<std::unique_ptr<Consumer>> consumer =
        log_.OpenConsumer({&begin, 1});
    if (!consumer.ok()) return consumer.status();

    int empty_fetches = 0;
    while (records_left > 0 && (*consumer)->Position(partition_) < end) {
      absl::StatusOr<RecordBatch> fetched =
          (*consumer)->Fetch(partition_, kFetchRecordsMax, kFetchBytesMax);
      if (!fetched.ok()) return fetched.status();
      if (fetched->records.empty()) {
        if ((*consumer)->Position(partition_) >= end) break;
        if (++empty_fetches > kEmptyFetchesMax) {
          return absl::UnavailableError(fmt::format(
              "{} gives no record at {}; try again", DebugString(partition_),
              (*consumer)->Position(partition_).value));
        }
        (*consumer)->AwaitRecords(kFetchWait);
        continue;
      }
      empty_fetches = 0;
      if (absl::Status printed = PrintRecords(*fetched, end, records_left);
          !printed.ok()) {
        return printed;
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status PrintRecords(const RecordBatch& batch, Offset end,
                            uint64_t& records_left) {
    for (const Record& record : batch.records) {
      if (records_left == 0 || record.offset >= end) break;
      --records_left;
      absl::Status written =
          write_(request_.json ? FormatAsJson(partition_, record)
                               : FormatAsText(partition_, record));
      if (!written.ok()) return written;
    }
    return absl::OkStatus();
  }

  Log& log_;
  const LogCatRequest& request_;
  const TopicPartition partition_;
  const std::function<absl::Status(std::string_view)>& write_;
};

}  // namespace

absl::StatusOr<std::vector<TopicPartition>> PartitionsNamed(
    std::string_view name, ShardCount shards) {
  const size_t slash = name.find('/');
  const std::string_view topic_name = name.substr(0, slash);
  const Topic* topic =
      std::find_if(std::begin(kTopics), std::end(kTopics),
                   [&](Topic known) { return NameOf(known) == topic_name; });
  if (topic == std::end(kTopics)) return UnknownName(name, shards);

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
    return UnknownName(name, shards);
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
        PartitionCat(log, request, partition, write).Print(records_left);
    if (!printed.ok()) return printed;
  }
  return absl::OkStatus();
}

}  // namespace slotlog
