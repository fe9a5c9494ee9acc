#include "tools/rush/confirmation_reader.h"

#include <fmt/format.h>

#include <utility>

#include "events/codec.h"

namespace slotlog {
namespace {

constexpr size_t kFetchRecordsMax = 2'000;
constexpr size_t kFetchBytesMax = size_t{1} << 20;
constexpr size_t kArenaBlockBytes = size_t{2} << 20;

}  // namespace

absl::StatusOr<ConfirmationReader> ConfirmationReader::Open(Log& log) {
  std::vector<Position> from;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    from.push_back({{Topic::kConfirmations, shard}, Offset{0}});
  }
  auto consumer = log.OpenConsumer(from);
  if (!consumer.ok()) return consumer.status();
  return ConfirmationReader(*std::move(consumer), log.Shards());
}

ConfirmationReader::ConfirmationReader(std::unique_ptr<Consumer> consumer,
                                       ShardCount shards)
    : consumer_(std::move(consumer)),
      numbers_(shards.value),
      arena_block_(new char[kArenaBlockBytes]) {}

absl::StatusOr<size_t> ConfirmationReader::ReadSome(
    Visitor visit, NoticeVisitor visit_notice) {
  size_t read = 0;
  for (Shard shard{0}; shard.value < numbers_.size(); ++shard) {
    auto batch = consumer_->Fetch({Topic::kConfirmations, shard},
                                  kFetchRecordsMax, kFetchBytesMax);
    if (!batch.ok()) return batch.status();
    google::protobuf::ArenaOptions options;
    options.initial_block = arena_block_.get();
    options.initial_block_size = kArenaBlockBytes;
    google::protobuf::Arena arena(options);
    for (const Record& record : batch->records) {
      if (auto status = Visit(shard, record, visit, visit_notice, arena);
          !status.ok()) {
        return status;
      }
    }
    read += batch->records.size();
  }
  return read;
}

bool ConfirmationReader::HasReached(absl::Span<const Offset> ends) const {
  for (Shard shard{0}; shard.value < ends.size(); ++shard) {
    if (consumer_->Position({Topic::kConfirmations, shard}) <
        ends[shard.value]) {
      return false;
    }
  }
  return true;
}

absl::Status ConfirmationReader::Visit(Shard shard, const Record& record,
                                       Visitor visit,
                                       NoticeVisitor visit_notice,
                                       google::protobuf::Arena& arena) {
  auto& confirmation =
      *google::protobuf::Arena::CreateMessage<v1::ConfirmationRecord>(&arena);
  const v1::Undecodable reason =
      Decode(record.value, kRecordBytesMax, confirmation);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    return absl::DataLossError(
        fmt::format("confirmations/{} offset {} cannot be decoded: {}",
                    shard.value, record.offset.value, NameOf(reason)));
  }
  if (confirmation.number() != ++numbers_[shard.value]) {
    return absl::DataLossError(fmt::format(
        "confirmations/{} offset {} has number {} where {} must stand",
        shard.value, record.offset.value, confirmation.number(),
        numbers_[shard.value]));
  }
  switch (confirmation.body_case()) {
    case v1::ConfirmationRecord::kConfirmation:
      return visit(shard, record.timestamp, confirmation.confirmation());
    case v1::ConfirmationRecord::kNotice:
      return visit_notice(shard, record.timestamp, confirmation.notice());
    case v1::ConfirmationRecord::BODY_NOT_SET:
      break;
  }
  return absl::DataLossError(
      fmt::format("confirmations/{} offset {} says nothing", shard.value,
                  record.offset.value));
}

}  // namespace slotlog
