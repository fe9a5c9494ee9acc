#include "tools/supply/supply_history.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <string>
#include <utility>

#include "events/codec.h"

namespace slotlog::supply {
namespace {

constexpr size_t kFetchRecordsMax = 500;
constexpr size_t kFetchBytesMax = size_t{4} << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<SupplyHistory>> SupplyHistory::Open(Log& log) {
  std::vector<Position> from;
  std::vector<Offset> ends;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    const TopicPartition events{Topic::kEvents, shard};
    auto watermarks = log.WatermarksOf(events);
    if (!watermarks.ok()) return watermarks.status();
    from.push_back({events, watermarks->low});
    ends.push_back(watermarks->last_stable);
  }
  auto consumer = log.OpenConsumer(from);
  if (!consumer.ok()) return consumer.status();
  return std::unique_ptr<SupplyHistory>(
      new SupplyHistory(*std::move(consumer), std::move(ends)));
}

SupplyHistory::SupplyHistory(std::unique_ptr<Consumer> consumer,
                             std::vector<Offset> ends)
    : consumer_(std::move(consumer)), ends_(std::move(ends)) {
  at_open_ = ToRead();
}

uint64_t SupplyHistory::ToRead() const {
  int64_t left = 0;
  for (uint32_t shard = 0; shard < ends_.size(); ++shard) {
    const Offset at = consumer_->Position({Topic::kEvents, Shard{shard}});
    left += std::max<int64_t>(0, ends_[shard].value - at.value);
  }
  return static_cast<uint64_t>(left);
}

absl::StatusOr<size_t> SupplyHistory::ReadSome(Visitor visit) {
  size_t read = 0;
  for (Shard shard{0}; shard.value < ends_.size(); ++shard) {
    auto fetched = consumer_->Fetch({Topic::kEvents, shard}, kFetchRecordsMax,
                                    kFetchBytesMax);
    if (!fetched.ok()) return fetched.status();
    for (const Record& record : fetched->records) {
      google::protobuf::Arena arena;
      auto& batch =
          *google::protobuf::Arena::CreateMessage<v1::EventBatch>(&arena);
      const v1::Undecodable reason =
          Decode(record.value, kRecordBytesMax, batch);
      if (reason != v1::UNDECODABLE_UNSPECIFIED) {
        return absl::DataLossError(
            fmt::format("events/{} offset {} cannot be decoded: {}",
                        shard.value, record.offset.value, NameOf(reason)));
      }
      for (const v1::Event& event : batch.events()) visit(shard, event);
    }
    read += fetched->records.size();
  }
  return read;
}

}  // namespace slotlog::supply
