#include "tools/verify/input_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "events/digest.h"

namespace slotlog::verify {
namespace {

using google::protobuf::Arena;

Place PlaceOf(const RecordStream& stream, Offset offset) {
  return {stream.Partition(), offset, Sequence{}};
}

DecidedInput InputFrom(Topic topic, const Record& record, Arena& arena) {
  DecidedInput input;
  input.topic = topic;
  input.offset = record.offset;
  input.asked_at = record.timestamp;
  input.digest = Digest64(record.value);
  if (topic == Topic::kCommands) {
    auto* command = Arena::CreateMessage<v1::Command>(&arena);
    input.undecodable = Decode(record.value, kInputBytesMax, *command);
    if (input.undecodable == v1::UNDECODABLE_UNSPECIFIED) {
      input.command = command;
    }
  } else {
    auto* operation = Arena::CreateMessage<v1::Operation>(&arena);
    input.undecodable = Decode(record.value, kInputBytesMax, *operation);
    if (input.undecodable == v1::UNDECODABLE_UNSPECIFIED) {
      input.operation = operation;
    }
  }
  return input;
}

}  // namespace

std::optional<Topic> TopicFrom(v1::Topic topic) {
  for (Topic known : kTopics) {
    if (static_cast<int>(known) == static_cast<int>(topic)) return known;
  }
  return std::nullopt;
}

InputReader::InputReader(ShardCount shards, RecordStream& commands,
                         RecordStream& operations, RecordStream& internal,
                         Findings& findings)
    : shards_(shards),
      commands_(commands),
      operations_(operations),
      internal_(internal),
      findings_(findings),
      arrived_(shards.value, 0),
      received_(shards.value, 0),
      heard_(shards.value) {}

absl::StatusOr<DecidedInputs> InputReader::Read(const v1::EventBatch& batch,
                                                const Place& place,
                                                Arena& arena) {
  DecidedInputs inputs;
  inputs.commands_low = commands_.From();
  inputs.operations_low = operations_.From();
  inputs.internal_low = internal_.From();
  decided_.clear();
  keeps_commands_ = true;
  keeps_messages_ = true;
  for (const v1::InputRun& input_run : batch.inputs()) {
    const Run run{input_run, place, arena};
    absl::Status status;
    if (input_run.topic() == v1::TOPIC_COMMANDS) {
      status = ReadRecords(run, commands_, inputs.commands);
    } else if (input_run.topic() == v1::TOPIC_OPERATIONS) {
      status = ReadRecords(run, operations_, inputs.operations);
    } else if (input_run.topic() == v1::TOPIC_INTERNAL) {
      status = ReadMessages(run, inputs.messages);
    } else {
      Violated(place, fmt::format("it says that it decided inputs of topic {}",
                                  static_cast<int>(input_run.topic())));
    }
    if (!status.ok()) return status;
  }
  for (const DecidedInput& input : inputs.commands) {
    greatest_stamp_ = std::max(greatest_stamp_, input.asked_at);
  }
  CheckTotals(batch, place);
  return inputs;
}

// --- commands and operations ---

absl::Status InputReader::ReadRecords(const Run& run, RecordStream& stream,
                                      std::vector<DecidedInput>& inputs) {
  const Topic topic = stream.Partition().topic;
  Offset next{run.run.offset()};
  int64_t left = run.run.count();
  if (next < stream.From()) {
    // Without transactions a topic's offsets have no gaps.
    const int64_t gone = std::min(left, stream.From().value - next.value);
    next = next + gone;
    left -= gone;
    if (topic == Topic::kCommands) keeps_commands_ = false;
  }
  if (left == 0) return absl::OkStatus();
  if (absl::Status skipped = SkipTo(next, run, stream); !skipped.ok()) {
    return skipped;
  }
  left -= std::min(left, stream.Position().value - next.value);
  for (; left > 0; --left) {
    absl::StatusOr<const Record*> record = stream.Await();
    if (!record.ok()) return record.status();
    if (*record == nullptr) {
      Violated(run.batch,
               fmt::format("it decided {} records of {} from {} on; the log "
                           "ends {} earlier",
                           run.run.count(), DebugString(stream.Partition()),
                           run.run.offset(), left));
      return absl::OkStatus();
    }
    inputs.push_back(InputFrom(topic, **record, run.arena));
    stream.Take();
  }
  return absl::OkStatus();
}

absl::Status InputReader::SkipTo(Offset offset, const Run& run,
                                 RecordStream& stream) {
  bool skipped = false;
  absl::StatusOr<const Record*> record = stream.Peek();
  while (record.ok() && *record != nullptr && (*record)->offset < offset) {
    if (!skipped) {
      Violated(PlaceOf(stream, (*record)->offset),
               fmt::format("skipped: {} decided from {} on",
                           DebugString(run.batch), offset.value));
    }
    skipped = true;
    stream.Take();
    record = stream.Peek();
  }
  if (!record.ok()) return record.status();
  if (stream.Position() > offset) {
    Violated(run.batch, fmt::format("it decided {} from {} on; {} is next",
                                    DebugString(stream.Partition()),
                                    offset.value, stream.Position().value));
  }
  return absl::OkStatus();
}

// --- internal ---

absl::Status InputReader::ReadMessages(const Run& run,
                                       std::vector<DecidedInput>& inputs) {
  const Offset offset{run.run.offset()};
  if (offset < internal_.From()) {
    keeps_messages_ = false;
    return absl::OkStatus();
  }
  if (packed_.record == nullptr) {
    if (absl::Status opened = OpenPacked(); !opened.ok()) return opened;
  }
  if (packed_.record == nullptr || packed_.offset != offset ||
      packed_.next_index != run.run.index()) {
    Violated(run.batch,
             fmt::format("it decided message {} of {} at {}; message {} at {} "
                         "is next",
                         run.run.index(), DebugString(internal_.Partition()),
                         offset.value, packed_.next_index,
                         packed_.record == nullptr ? internal_.Position().value
                                                   : packed_.offset.value));
  }
  while (packed_.record != nullptr && packed_.offset < offset) {
    packed_.record.reset();
    if (absl::Status opened = OpenPacked(); !opened.ok()) return opened;
  }
  if (packed_.record == nullptr || packed_.offset != offset) {
    return absl::OkStatus();
  }
  const auto size = static_cast<uint32_t>(packed_.record->messages_size());
  packed_.next_index = std::min(run.run.index(), size);
  const uint32_t left = size - packed_.next_index;
  if (run.run.count() > left) {
    Violated(run.batch,
             fmt::format("it decided {} messages of {} at {}, which "
                         "holds {} more",
                         run.run.count(), DebugString(internal_.Partition()),
                         packed_.offset.value, left));
  }
  const uint32_t end =
      packed_.next_index + std::min<uint32_t>(run.run.count(), left);
  for (; packed_.next_index < end; ++packed_.next_index) {
    DecidedInput& input = inputs.emplace_back();
    input.topic = Topic::kInternal;
    input.offset = packed_.offset;
    input.index = packed_.next_index;
    input.message =
        &packed_.record->messages(static_cast<int>(packed_.next_index));
    input.asked_at = absl::FromUnixMillis(input.message->asked_at_unix_ms());
  }
  if (packed_.record->source_shard() < shards_.value) {
    received_[packed_.record->source_shard()] =
        packed_.record->first_number() + end - 1;
    if (end > 0) {
      heard_[packed_.record->source_shard()] = Sequence{
          packed_.record->messages(static_cast<int>(end) - 1).event_sequence()};
    }
  }
  if (end == size) decided_.push_back(std::move(packed_.record));
  return absl::OkStatus();
}

absl::Status InputReader::OpenPacked() {
  absl::StatusOr<const Record*> record = internal_.Await();
  if (!record.ok()) return record.status();
  if (*record == nullptr) return absl::OkStatus();
  packed_.offset = (*record)->offset;
  packed_.next_index = 0;
  const Place place = PlaceOf(internal_, packed_.offset);
  auto decoded = std::make_unique<v1::InternalRecord>();
  const v1::Undecodable undecodable =
      Decode((*record)->value, kRecordBytesMax, *decoded);
  internal_.Take();
  if (undecodable != v1::UNDECODABLE_UNSPECIFIED) {
    Violated(place, fmt::format("the record is {}", NameOf(undecodable)));
    return absl::OkStatus();
  }
  CheckPacked(*decoded, place);
  packed_.record = std::move(decoded);
  return absl::OkStatus();
}

void InputReader::CheckPacked(const v1::InternalRecord& record,
                              const Place& place) {
  if (record.destination_shard() != place.partition.shard.value) {
    Violated(place, fmt::format("the record is for shard {}",
                                record.destination_shard()));
  }
  if (record.messages().empty()) Violated(place, "the record has no messages");
  if (record.source_shard() >= shards_.value) {
    Violated(place, fmt::format("the record is from shard {}: there is none",
                                record.source_shard()));
    return;
  }
  uint64_t& arrived = arrived_[record.source_shard()];
  const bool earlier_gone = internal_.From() > Offset{0} && arrived == 0;
  if (record.first_number() != arrived + 1 && !earlier_gone) {
    Violated(place, fmt::format(
                        "message {} of shard {} follows message {}: a torn "
                        "transaction",
                        record.first_number(), record.source_shard(), arrived));
  }
  arrived =
      record.first_number() + static_cast<uint64_t>(record.messages_size()) - 1;
}

absl::StatusOr<std::vector<uint64_t>> InputReader::CountArrived(
    absl::Span<const uint64_t> sent) {
  const absl::StatusOr<Offset> end = internal_.End();
  if (!end.ok()) return end.status();
  while (internal_.Position() < *end) {
    bool is_missing = false;
    for (size_t from = 0; from < sent.size(); ++from) {
      if (arrived_[from] < sent[from]) is_missing = true;
    }
    absl::StatusOr<const Record*> record =
        is_missing ? internal_.Await(*end) : internal_.Peek();
    if (!record.ok()) return record.status();
    if (*record == nullptr || (*record)->offset >= *end) break;
    if (absl::Status opened = OpenPacked(); !opened.ok()) return opened;
  }
  return arrived_;
}

// --- totals ---

void InputReader::CheckTotals(const v1::EventBatch& batch, const Place& place) {
  const absl::Time now = absl::FromUnixMillis(batch.now_unix_ms());
  if (keeps_commands_ && now != greatest_stamp_) {
    Violated(place, fmt::format("the line's time is {} ms, the greatest stamp "
                                "decided {} ms",
                                batch.now_unix_ms(),
                                absl::ToUnixMillis(greatest_stamp_)));
  }
  greatest_stamp_ = now;
  const int known =
      std::min(batch.messages_received_size(), static_cast<int>(shards_.value));
  for (int from = 0; from < known; ++from) {
    const uint64_t counted = batch.messages_received(from);
    if (keeps_messages_ && counted != received_[from]) {
      Violated(place, fmt::format("it counts {} messages received from shard "
                                  "{}; decided are {}",
                                  counted, from, received_[from]));
    }
    received_[from] = counted;
  }
}

void InputReader::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kContiguous, place, std::move(what));
}

}  // namespace slotlog::verify
