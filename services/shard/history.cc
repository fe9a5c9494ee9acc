#include "services/shard/history.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/digest.h"
#include "services/reservation/fold.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

/// The first event that came out otherwise, in words.
std::string Difference(const v1::EventBatch& recorded,
                       const v1::EventBatch& again) {
  for (int i = 0; i < recorded.events_size() && i < again.events_size(); ++i) {
    if (Encode(recorded.events(i)) != Encode(again.events(i))) {
      return fmt::format("event {} is\n  {}\nand should be\n  {}",
                         recorded.events(i).sequence(),
                         recorded.events(i).ShortDebugString(),
                         again.events(i).ShortDebugString());
    }
  }
  if (recorded.events_size() != again.events_size()) {
    return fmt::format("it holds {} events and should hold {}",
                       recorded.events_size(), again.events_size());
  }
  return "its header differs";
}

}  // namespace

absl::StatusOr<std::unique_ptr<ShardHistory>> ShardHistory::Open(Log& log,
                                                                 Shard shard) {
  std::vector<Position> from;
  for (Topic topic : {Topic::kEvents, Topic::kInternal, Topic::kOperations,
                      Topic::kCommands}) {
    auto watermarks = log.WatermarksOf({topic, shard});
    if (!watermarks.ok()) return watermarks.status();
    from.push_back({{topic, shard}, watermarks->low});
  }
  auto consumer = log.OpenConsumer(from);
  if (!consumer.ok()) return consumer.status();
  return std::unique_ptr<ShardHistory>(
      new ShardHistory(log, shard, *std::move(consumer), from));
}

ShardHistory::ShardHistory(Log& log, Shard shard,
                           std::unique_ptr<Consumer> consumer,
                           absl::Span<const Position> from)
    : shard_(shard),
      consumer_(std::move(consumer)),
      state_(Head::Of(shard, log.Shards())) {
  for (const Position& position : from) {
    streams_.try_emplace(position.partition.topic, log, *consumer_,
                         position.partition, position.offset);
  }
}

/// Goes on to the record at `offset`, which stays the next one.
absl::StatusOr<Record> ShardHistory::Seek(Topic topic, Offset offset) {
  RecordStream& stream = streams_.at(topic);
  while (true) {
    auto record = stream.Peek();
    if (!record.ok()) return record.status();
    if (*record == nullptr || (*record)->offset > offset) {
      return absl::DataLossError(fmt::format(
          "{} offset {}: the events name it as an input, and it is not there",
          DebugString(stream.Partition()), offset.value));
    }
    if ((*record)->offset == offset) return **record;
    stream.Take();
  }
}

absl::StatusOr<bool> ShardHistory::HasNext() {
  auto record = streams_.at(Topic::kEvents).Peek();
  if (!record.ok()) return record.status();
  return *record != nullptr;
}

absl::Status ShardHistory::AddInputs(const v1::InputRun& run,
                                     std::vector<Input>& inputs) {
  const auto topic = static_cast<Topic>(run.topic());
  if (topic != Topic::kInternal) {
    for (uint32_t i = 0; i < run.count(); ++i) {
      auto record = Seek(topic, Offset{run.offset() + i});
      if (!record.ok()) return record.status();
      inputs.push_back(InputFrom(topic, *record, arena_));
    }
    return absl::OkStatus();
  }
  auto record = Seek(topic, Offset{run.offset()});
  if (!record.ok()) return record.status();
  auto* packed = Arena::CreateMessage<v1::InternalRecord>(&arena_);
  if (Decode(record->value, kRecordBytesMax, *packed) !=
          v1::UNDECODABLE_UNSPECIFIED ||
      run.index() + run.count() >
          static_cast<uint32_t>(packed->messages_size())) {
    return absl::DataLossError(
        fmt::format("internal/{} offset {}: the record does not hold the "
                    "messages that the events name",
                    shard_.value, run.offset()));
  }
  for (uint32_t i = run.index(); i < run.index() + run.count(); ++i) {
    inputs.push_back(InputFrom(*packed, record->offset, i));
  }
  return absl::OkStatus();
}

absl::Status ShardHistory::DecideNext() {
  arena_.Reset();
  for (auto& [topic, stream] : streams_) stream.Forget();
  RecordStream& events = streams_.at(Topic::kEvents);
  auto next = events.Peek();
  if (!next.ok()) return next.status();
  const Record record = **next;
  auto* recorded = Arena::CreateMessage<v1::EventBatch>(&arena_);
  if (Decode(record.value, kRecordBytesMax, *recorded) !=
      v1::UNDECODABLE_UNSPECIFIED) {
    return absl::DataLossError(
        fmt::format("events/{} offset {}: the record is no event batch",
                    shard_.value, record.offset.value));
  }
  if (auto torn = CheckContinues(state_.head(), *recorded); !torn.ok()) {
    return torn;
  }
  std::vector<Input> inputs;
  for (const v1::InputRun& run : recorded->inputs()) {
    if (auto added = AddInputs(run, inputs); !added.ok()) return added;
  }

  Batch again(state_, Epoch{recorded->epoch()},
              absl::FromUnixMillis(recorded->decided_at_unix_ms()), arena_);
  for (const Input& input : inputs) again.Decide(input);
  again.DecideAgenda(recorded->agenda_steps() - state_.head().agenda_steps);
  again.Finish();
  const BatchDigest digest = DigestOfBatch(record.value);
  if (again.digest() != digest) {
    return absl::DataLossError(fmt::format(
        "events/{} offset {}: batch {}, decided again, comes out otherwise: {}",
        shard_.value, record.offset.value, recorded->number(),
        Difference(*recorded, again.events())));
  }
  Fold(*recorded, digest, state_);
  inputs_decided_ += inputs.size();
  events.Take();
  return absl::OkStatus();
}

}  // namespace slotlog
