#include "services/shard/input_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "events/trace_parent.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

/// What is none is left out: it would be carried into messages and records.
std::string_view TraceParentOf(std::string_view text) {
  return IsTraceParent(text) ? text : std::string_view();
}

template <typename Message>
Input DecodeInput(Topic topic, const Record& record, Arena& arena) {
  Input input{.cause = {.topic = topic, .offset = record.offset},
              .asked_at = record.timestamp,
              .digest = Digest64(record.value),
              .traceparent = TraceParentOf(record.traceparent),
              .body = {}};
  auto* message = Arena::CreateMessage<Message>(&arena);
  const v1::Undecodable reason = Decode(record.value, kInputBytesMax, *message);
  if (reason == v1::UNDECODABLE_UNSPECIFIED) {
    input.body = const_cast<const Message*>(message);
  } else {
    input.body = UndecodableInput{reason, record.value};
  }
  return input;
}

absl::Status CheckInternal(const v1::InternalRecord& record, const Record& from,
                           const Head& head,
                           const std::vector<uint64_t>& received,
                           uint32_t index) {
  const auto torn = [&](std::string_view what) {
    return absl::DataLossError(fmt::format(
        "internal/{} offset {}: {}: the transaction that wrote it is torn",
        head.shard.value, from.offset.value, what));
  };
  if (record.destination_shard() != head.shard.value) {
    return torn("the messages are for another shard");
  }
  if (record.source_shard() >= head.shards.value) {
    return torn("the messages are from no shard");
  }
  const uint64_t expected = received[record.source_shard()] + 1;
  if (record.first_number() + index != expected) {
    return torn(fmt::format("message {} of shard {} stands where {} should",
                            record.first_number() + index,
                            record.source_shard(), expected));
  }
  return absl::OkStatus();
}

}  // namespace

Input InputFrom(Topic topic, const Record& record, Arena& arena) {
  return topic == Topic::kOperations
             ? DecodeInput<v1::Operation>(topic, record, arena)
             : DecodeInput<v1::Command>(topic, record, arena);
}

Input InputFrom(const v1::InternalRecord& record, Offset offset,
                uint32_t index) {
  const v1::Message& message = record.messages(static_cast<int>(index));
  return {
      .cause = {.topic = Topic::kInternal, .offset = offset, .index = index},
      .asked_at = absl::FromUnixMillis(message.asked_at_unix_ms()),
      .traceparent = message.traceparent(),
      .body = MessageFrom{Shard{record.source_shard()}, &message}};
}

absl::StatusOr<InputReader> InputReader::Open(Log& log, const Head& head) {
  const Position from[] = {
      {{Topic::kInternal, head.shard}, head.internal.offset},
      {{Topic::kOperations, head.shard}, head.operations.offset},
      {{Topic::kCommands, head.shard}, head.commands.offset}};
  auto consumer = log.OpenConsumer(from);
  if (!consumer.ok()) return consumer.status();
  return InputReader(head.shard, *std::move(consumer), head);
}

InputReader::InputReader(Shard shard, std::unique_ptr<Consumer> consumer,
                         const Head& head)
    : consumer_(std::move(consumer)),
      messages_{.partition = {Topic::kInternal, shard},
                .batch = {},
                .index = head.internal.index},
      operations_{.partition = {Topic::kOperations, shard}, .batch = {}},
      commands_{.partition = {Topic::kCommands, shard}, .batch = {}} {}

absl::Status InputReader::Fill(Buffer& buffer, size_t records_max) {
  if (!buffer.IsEmpty()) return absl::OkStatus();
  auto batch = consumer_->Fetch(buffer.partition, records_max, kFetchBytesMax);
  if (!batch.ok()) return batch.status();
  buffer.batch = *std::move(batch);
  buffer.next = 0;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Input>> InputReader::Gather(const Head& head,
                                                       Arena& arena) {
  absl::Status status = Fill(messages_, kBatchMessagesMax);
  status.Update(Fill(operations_, kBatchOperationsMax));
  status.Update(Fill(commands_, kBatchCommandsMax));
  if (!status.ok()) return status;

  std::vector<Input> inputs;
  if (auto bad = GatherMessages(head, arena, inputs); !bad.ok()) return bad;
  inputs.reserve(inputs.size() + operations_.Left() + commands_.Left());
  GatherRecords(operations_, arena, inputs);
  GatherRecords(commands_, arena, inputs);
  return inputs;
}

absl::Status InputReader::GatherMessages(const Head& head, Arena& arena,
                                         std::vector<Input>& inputs) {
  std::vector<uint64_t> received = head.messages_received;
  uint32_t index = messages_.index;
  message_counts_.resize(messages_.batch.records.size());
  for (size_t i = messages_.next; i < messages_.batch.records.size(); ++i) {
    const Record& from = messages_.batch.records[i];
    auto* record = Arena::CreateMessage<v1::InternalRecord>(&arena);
    const v1::Undecodable reason = Decode(from.value, kRecordBytesMax, *record);
    if (reason != v1::UNDECODABLE_UNSPECIFIED) {
      return absl::DataLossError(
          fmt::format("internal/{} offset {}: the record is no message ({})",
                      head.shard.value, from.offset.value, NameOf(reason)));
    }
    const auto size = static_cast<uint32_t>(record->messages_size());
    message_counts_[i] = size;
    if (i == messages_.next && index >= size) {
      ++messages_.next;  // all of it was decided before a restart
      messages_.index = 0;
    } else {
      if (auto torn = CheckInternal(*record, from, head, received, index);
          !torn.ok()) {
        return torn;
      }
    }
    for (; index < size; ++index) {
      if (inputs.size() == kBatchMessagesMax) return absl::OkStatus();
      const v1::Message& message = record->messages(static_cast<int>(index));
      if (message.body_case() == v1::Message::BODY_NOT_SET) {
        return absl::UnimplementedError(fmt::format(
            "internal/{} offset {}: message {} is of a type that this version "
            "does not know",
            head.shard.value, from.offset.value, index));
      }
      ++received[record->source_shard()];
      inputs.push_back(InputFrom(*record, from.offset, index));
    }
    index = 0;
  }
  return absl::OkStatus();
}

void InputReader::GatherRecords(const Buffer& buffer, Arena& arena,
                                std::vector<Input>& inputs) {
  for (size_t i = buffer.next; i < buffer.batch.records.size(); ++i) {
    inputs.push_back(
        InputFrom(buffer.partition.topic, buffer.batch.records[i], arena));
  }
}

void InputReader::Advance(absl::Span<const Input> decided) {
  for (const Input& input : decided) {
    switch (*input.cause.topic) {
      case Topic::kInternal:
        while (messages_.batch.records[messages_.next].offset !=
               input.cause.offset) {
          ++messages_.next;  // a record without messages
        }
        messages_.index = input.cause.index + 1;
        if (messages_.index == message_counts_[messages_.next]) {
          ++messages_.next;
          messages_.index = 0;
        }
        break;
      case Topic::kOperations:
        ++operations_.next;
        break;
      case Topic::kCommands:
        ++commands_.next;
        break;
      case Topic::kEvents:
      case Topic::kConfirmations:
      case Topic::kDeadLetters:
        break;
    }
  }
}

absl::Time InputReader::LatestStamp() const {
  absl::Time latest = absl::InfinitePast();
  for (const Buffer* buffer : {&messages_, &operations_, &commands_}) {
    if (!buffer->IsEmpty()) {
      latest = std::max(latest, buffer->batch.records.back().timestamp);
    }
  }
  return latest;
}

void InputReader::AwaitInputs(absl::Duration timeout) {
  consumer_->AwaitRecords(timeout);
}

}  // namespace slotlog
