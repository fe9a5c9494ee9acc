#include "tools/campaign/send_operation.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <string>

#include "events/codec.h"
#include "events/partitioner.h"

namespace slotlog {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);
constexpr absl::Duration kWait = absl::Milliseconds(50);
constexpr size_t kFetchRecordsMax = 1'000;
constexpr size_t kFetchBytesMax = size_t{1} << 20;

}  // namespace

absl::StatusOr<v1::Confirmation> SendOperation(
    const v1::Operation& operation, std::string_view key,
    const std::function<absl::Status()>& health, Log& log) {
  const Shard shard = ShardOf(key, log.Shards());
  const TopicPartition answers{Topic::kConfirmations, shard};
  const auto watermarks = log.WatermarksOf(answers);
  if (!watermarks.ok()) return watermarks.status();
  auto consumer = log.OpenConsumer({{{answers, watermarks->last_stable}}});
  if (!consumer.ok()) return consumer.status();
  const std::string value = Encode(operation);
  const auto offsets =
      log.Append({{{{Topic::kOperations, shard}, key, value}}});
  if (!offsets.ok()) return offsets.status();

  const absl::Time end = absl::Now() + kPatience;
  while (absl::Now() < end) {
    if (auto healthy = health(); !healthy.ok()) return healthy;
    auto batch = (*consumer)->Fetch(answers, kFetchRecordsMax, kFetchBytesMax);
    if (!batch.ok()) return batch.status();
    for (const Record& record : batch->records) {
      v1::ConfirmationRecord answer;
      const v1::Undecodable reason =
          Decode(record.value, kRecordBytesMax, answer);
      if (reason != v1::UNDECODABLE_UNSPECIFIED) {
        return absl::DataLossError(
            fmt::format("{} offset {} is {}", DebugString(answers),
                        record.offset.value, NameOf(reason)));
      }
      if (answer.confirmation().topic() == v1::TOPIC_OPERATIONS &&
          answer.confirmation().offset() == offsets->front().value) {
        return answer.confirmation();
      }
    }
    if (batch->records.empty()) (*consumer)->AwaitRecords(kWait);
  }
  return absl::DeadlineExceededError(
      "it stands in the log, and is not decided within a minute");
}

}  // namespace slotlog
