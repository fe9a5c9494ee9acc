#include "tests/bench/log_shape.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "events/codec.h"
#include "events/log/record_stream.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {
namespace {

struct Amount {
  uint64_t records = 0;
  uint64_t bytes = 0;
};

/// All shards' records of a topic.
absl::StatusOr<Amount> Read(Log& log, Topic topic,
                            const std::function<void(const Record&)>& visit) {
  Amount amount;
  for (Shard shard; shard.value < log.Shards().value; ++shard) {
    const TopicPartition partition{topic, shard};
    const Position from{partition, Offset{0}};
    auto consumer = log.OpenConsumer({&from, 1});
    if (!consumer.ok()) return consumer.status();
    RecordStream stream(log, **consumer, partition, from.offset);
    while (true) {
      const auto record = stream.Await();
      if (!record.ok()) return record.status();
      if (*record == nullptr) break;
      ++amount.records;
      amount.bytes += (*record)->value.size();
      if (visit != nullptr) visit(**record);
      stream.Take();
      stream.Forget();
    }
  }
  return amount;
}

}  // namespace

absl::StatusOr<LogShape> ShapeOf(Log& log) {
  LogShape shape;
  v1::EventBatch batch;
  bool is_readable = true;
  const auto events = Read(log, Topic::kEvents, [&](const Record& record) {
    if (Decode(record.value, kRecordBytesMax, batch) !=
        v1::UNDECODABLE_UNSPECIFIED) {
      is_readable = false;
      return;
    }
    for (const v1::InputRun& run : batch.inputs()) {
      shape.inputs += run.count();
      if (run.topic() == v1::TOPIC_COMMANDS) shape.commands += run.count();
    }
  });
  if (!events.ok()) return events.status();
  if (!is_readable) return absl::DataLossError("an event batch is damaged");
  const auto commands = Read(log, Topic::kCommands, nullptr);
  if (!commands.ok()) return commands.status();
  const auto confirmations = Read(log, Topic::kConfirmations, nullptr);
  if (!confirmations.ok()) return confirmations.status();
  const auto internal = Read(log, Topic::kInternal, nullptr);
  if (!internal.ok()) return internal.status();
  if (shape.commands == 0 || confirmations->records == 0) {
    return absl::FailedPreconditionError("the log holds no decided commands");
  }
  shape.transactions = events->records;
  const auto per_command = [&shape](uint64_t amount) {
    return static_cast<double>(amount) / static_cast<double>(shape.commands);
  };
  shape.loop = {
      .commands_per_transaction =
          std::max<uint64_t>(1, shape.commands / shape.transactions),
      .command_bytes = commands->bytes / commands->records,
      .event_bytes = per_command(events->bytes),
      .confirmations = per_command(confirmations->records),
      .confirmation_bytes = confirmations->bytes / confirmations->records,
      .internal_bytes = per_command(internal->bytes)};
  return shape;
}

}  // namespace slotlog
