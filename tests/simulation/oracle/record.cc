#include "tests/simulation/oracle/record.h"

#include <functional>

#include "events/codec.h"

namespace slotlog::oracle {
namespace {

constexpr size_t kRecordsMax = 1'000;
constexpr size_t kBytesMax = size_t{16} << 20;

absl::Status ForEach(Log& log, TopicPartition partition,
                     const std::function<absl::Status(const Record&)>& visit) {
  auto consumer = log.OpenConsumer({{{partition, Offset{0}}}});
  if (!consumer.ok()) return consumer.status();
  while (true) {
    auto batch = (*consumer)->Fetch(partition, kRecordsMax, kBytesMax);
    if (!batch.ok()) return batch.status();
    if (batch->records.empty()) return absl::OkStatus();
    for (const Record& record : batch->records) {
      if (auto bad = visit(record); !bad.ok()) return bad;
    }
  }
}

template <typename Message>
absl::Status ReadInputs(Log& log, TopicPartition partition,
                        std::map<int64_t, Asked<Message>>& inputs) {
  return ForEach(log, partition, [&](const Record& record) {
    Asked<Message>& asked = inputs[record.offset.value];
    asked.asked_at_unix_ms = absl::ToUnixMillis(record.timestamp);
    asked.bytes = std::string(record.value);
    asked.is_readable = Decode(record.value, kInputBytesMax, asked.message) ==
                        v1::UNDECODABLE_UNSPECIFIED;
    return absl::OkStatus();
  });
}

/// What a worker wrote must be readable.
template <typename Message>
absl::Status ReadWritten(
    Log& log, TopicPartition partition,
    const std::function<void(const Record&, Message)>& add) {
  return ForEach(log, partition, [&](const Record& record) {
    Message message;
    if (Decode(record.value, kRecordBytesMax, message) !=
        v1::UNDECODABLE_UNSPECIFIED) {
      return absl::DataLossError(DebugString(partition) + ": unreadable");
    }
    add(record, std::move(message));
    return absl::OkStatus();
  });
}

absl::Status Read(Log& log, ShardRecord& all) {
  const Shard shard = all.shard;
  absl::Status status =
      ReadInputs(log, {Topic::kCommands, shard}, all.commands);
  status.Update(ReadInputs(log, {Topic::kOperations, shard}, all.operations));
  status.Update(ReadWritten<v1::InternalRecord>(
      log, {Topic::kInternal, shard},
      [&](const Record& record, v1::InternalRecord message) {
        all.internal[record.offset.value] = std::move(message);
      }));
  status.Update(ReadWritten<v1::EventBatch>(
      log, {Topic::kEvents, shard},
      [&](const Record& record, v1::EventBatch batch) {
        all.batches.push_back({std::string(record.value), std::move(batch)});
      }));
  status.Update(ReadWritten<v1::ConfirmationRecord>(
      log, {Topic::kConfirmations, shard},
      [&](const Record&, v1::ConfirmationRecord confirmation) {
        all.confirmations.push_back(std::move(confirmation));
      }));
  status.Update(ReadWritten<v1::DeadLetter>(
      log, {Topic::kDeadLetters, shard},
      [&](const Record&, v1::DeadLetter letter) {
        all.dead_letters.push_back(std::move(letter));
      }));
  return status;
}

}  // namespace

absl::StatusOr<std::vector<ShardRecord>> ReadAll(Log& log) {
  std::vector<ShardRecord> shards;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    ShardRecord& all = shards.emplace_back();
    all.shard = shard;
    all.shards = log.Shards();
    if (auto bad = Read(log, all); !bad.ok()) return bad;
  }
  return shards;
}

}  // namespace slotlog::oracle
