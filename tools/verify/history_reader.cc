#include "tools/verify/history_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "events/codec.h"

namespace slotlog::verify {
namespace {

using google::protobuf::Arena;

google::protobuf::ArenaOptions BatchArenaOptions() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 256 * 1024;
  options.max_block_size = 1024 * 1024;
  return options;
}

RecordStream StreamOf(Log& log, Consumer& consumer, const Position& begin) {
  return {log, consumer, begin.partition, begin.offset};
}

}  // namespace

absl::StatusOr<std::unique_ptr<HistoryReader>> HistoryReader::Open(
    Log& log, Shard shard, Findings& findings) {
  std::vector<Position> begins;
  for (Topic topic : kTopics) {
    const TopicPartition partition{topic, shard};
    absl::StatusOr<Watermarks> watermarks = log.WatermarksOf(partition);
    if (!watermarks.ok()) return watermarks.status();
    if (topic == Topic::kEvents && watermarks->low > Offset{0}) {
      return absl::FailedPreconditionError(fmt::format(
          "{} begins at {}: the first events are gone, and without them "
          "nothing can be verified; events must be kept for ever",
          DebugString(partition), watermarks->low.value));
    }
    begins.push_back({partition, watermarks->low});
  }
  absl::StatusOr<std::unique_ptr<Consumer>> consumer = log.OpenConsumer(begins);
  if (!consumer.ok()) return consumer.status();
  return std::unique_ptr<HistoryReader>(
      new HistoryReader(log, shard, *std::move(consumer), begins, findings));
}

HistoryReader::HistoryReader(Log& log, Shard shard,
                             std::unique_ptr<Consumer> consumer,
                             const std::vector<Position>& begins,
                             Findings& findings)
    : shard_(shard),
      findings_(findings),
      consumer_(std::move(consumer)),
      commands_(StreamOf(log, *consumer_, begins[0])),
      operations_(StreamOf(log, *consumer_, begins[1])),
      internal_(StreamOf(log, *consumer_, begins[2])),
      events_(StreamOf(log, *consumer_, begins[3])),
      confirmations_(StreamOf(log, *consumer_, begins[4])),
      dead_letters_(StreamOf(log, *consumer_, begins[5])),
      frame_(shard, log.Shards(), findings),
      inputs_(log.Shards(), commands_, operations_, internal_, findings),
      arena_(BatchArenaOptions()),
      place_{{Topic::kEvents, shard}, Offset{}, Sequence{}} {}

std::vector<const RecordStream*> HistoryReader::Streams() const {
  return {&commands_, &operations_,    &internal_,
          &events_,   &confirmations_, &dead_letters_};
}

absl::StatusOr<bool> HistoryReader::IsAtEnd() {
  absl::StatusOr<const Record*> record = events_.Await();
  if (!record.ok()) return record.status();
  return *record == nullptr;
}

absl::StatusOr<const v1::EventBatch*> HistoryReader::NextBatch() {
  while (true) {
    absl::StatusOr<const Record*> record = events_.Await();
    if (!record.ok()) return record.status();
    if (*record == nullptr) return nullptr;
    place_.offset = (*record)->offset;
    place_.sequence = Sequence{};
    const std::string_view bytes = (*record)->value;
    events_.Take();
    auto* batch = Arena::CreateMessage<v1::EventBatch>(&arena_);
    const v1::Undecodable undecodable = Decode(bytes, kRecordBytesMax, *batch);
    if (undecodable == v1::UNDECODABLE_UNSPECIFIED) {
      frame_.Check(*batch, bytes, place_);
      return batch;
    }
    findings_.Violated(Invariant::kContiguous, place_,
                       fmt::format("the record is {}", NameOf(undecodable)));
    frame_.SkipUndecodable(bytes);
  }
}

absl::StatusOr<const DecidedBatch*> HistoryReader::Next() {
  for (RecordStream* stream : {&commands_, &operations_, &internal_, &events_,
                               &confirmations_, &dead_letters_}) {
    stream->Forget();
  }
  decided_ = DecidedBatch{};
  arena_.Reset();

  absl::StatusOr<const v1::EventBatch*> batch = NextBatch();
  if (!batch.ok()) return batch.status();
  if (*batch == nullptr) return nullptr;
  decided_.shard = shard_;
  decided_.offset = place_.offset;
  decided_.batch = *batch;
  batches_.emplace_back(Sequence{(*batch)->first_sequence()}, place_.offset);

  absl::StatusOr<DecidedInputs> inputs = inputs_.Read(**batch, place_, arena_);
  if (!inputs.ok()) return inputs.status();
  decided_.inputs = *std::move(inputs);
  if (absl::Status read = ReadConfirmations(); !read.ok()) return read;
  if (absl::Status read = ReadDeadLetters(); !read.ok()) return read;
  return &decided_;
}

absl::Status HistoryReader::ReadConfirmations() {
  const uint64_t last = frame_.ConfirmationsSent();
  while (confirmation_ < last) {
    absl::StatusOr<const Record*> record = confirmations_.Await();
    if (!record.ok()) return record.status();
    const bool none_is_read =
        confirmation_ == 0 && confirmations_.From() > Offset{0};
    if (*record == nullptr && none_is_read) {
      decided_.keeps_confirmations = false;
      return absl::OkStatus();
    }
    if (*record == nullptr) {
      findings_.Violated(
          Invariant::kOneAnswer, place_,
          fmt::format("it counts {} confirmations; {} ends with number {}",
                      last, DebugString(confirmations_.Partition()),
                      confirmation_));
      confirmation_ = last;
      return absl::OkStatus();
    }
    auto* confirmation = Arena::CreateMessage<v1::ConfirmationRecord>(&arena_);
    const Place place{confirmations_.Partition(), (*record)->offset, {}};
    const v1::Undecodable undecodable =
        Decode((*record)->value, kRecordBytesMax, *confirmation);
    if (undecodable != v1::UNDECODABLE_UNSPECIFIED) {
      findings_.Violated(Invariant::kOneAnswer, place,
                         fmt::format("the record is {}", NameOf(undecodable)));
      confirmations_.Take();
      ++confirmation_;
      continue;
    }
    const uint64_t number = confirmation->number();
    if (number != confirmation_ + 1 && none_is_read) {
      decided_.keeps_confirmations = false;
      if (number > last) return absl::OkStatus();
    } else if (number != confirmation_ + 1) {
      findings_.Violated(
          Invariant::kOneAnswer, place,
          fmt::format("confirmation {} follows {}", number, confirmation_));
      // A number too far ahead is left for the batch that counts it.
      if (number > last) {
        confirmation_ = last;
        return absl::OkStatus();
      }
    }
    confirmation_ = number;
    decided_.confirmations.push_back({place.offset, confirmation});
    confirmations_.Take();
  }
  return absl::OkStatus();
}

absl::Status HistoryReader::ReadDeadLetters() {
  decided_.keeps_dead_letters = dead_letters_.From() == Offset{0};
  for (const v1::Event& event : decided_.batch->events()) {
    if (!event.has_input_dead_lettered()) continue;
    absl::StatusOr<const Record*> record = dead_letters_.Await();
    if (!record.ok()) return record.status();
    if (*record == nullptr) return absl::OkStatus();
    auto* letter = Arena::CreateMessage<v1::DeadLetter>(&arena_);
    if (Decode((*record)->value, kRecordBytesMax, *letter) ==
        v1::UNDECODABLE_UNSPECIFIED) {
      decided_.dead_letters.push_back({(*record)->offset, letter});
    }
    dead_letters_.Take();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> HistoryReader::ReadRest(
    absl::Span<const uint64_t> sent) {
  absl::StatusOr<std::vector<uint64_t>> arrived = inputs_.CountArrived(sent);
  if (!arrived.ok()) return arrived;
  for (RecordStream* stream : {&confirmations_, &dead_letters_}) {
    if (absl::Status checked = CheckNothingIsLeft(*stream); !checked.ok()) {
      return checked;
    }
  }
  return arrived;
}

absl::Status HistoryReader::CheckNothingIsLeft(RecordStream& stream) {
  absl::StatusOr<const Record*> record = stream.Peek();
  if (!record.ok()) return record.status();
  if (*record == nullptr) return absl::OkStatus();
  // Asked afterwards: a record and its batch are committed together.
  absl::StatusOr<bool> is_at_end = IsAtEnd();
  if (!is_at_end.ok()) return is_at_end.status();
  if (*is_at_end) {
    findings_.Violated(Invariant::kOneAnswer,
                       {stream.Partition(), (*record)->offset, {}},
                       "no batch of events counts this record");
  }
  return absl::OkStatus();
}

Place HistoryReader::PlaceOf(Sequence sequence) const {
  auto after = std::upper_bound(
      batches_.begin(), batches_.end(), sequence,
      [](Sequence sought, const auto& batch) { return sought < batch.first; });
  Place place{{Topic::kEvents, shard_}, Offset{}, sequence};
  if (after != batches_.begin()) place.offset = std::prev(after)->second;
  return place;
}

}  // namespace slotlog::verify
