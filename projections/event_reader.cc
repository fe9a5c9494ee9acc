#include "projections/event_reader.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "events/codec.h"

namespace slotlog {
namespace {

constexpr size_t kFetchBytesMax = 4 * 1024 * 1024;
/// For the first record of a shard to be given: how often it is looked for, and
/// how long not.
constexpr int kVerifyLooksMax = 6000;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(5);

TopicPartition EventsOf(Shard shard) { return {Topic::kEvents, shard}; }

absl::Status Differs(Shard shard, std::string_view how) {
  return absl::DataLossError(fmt::format("events/{}: {}", shard.value, how));
}

/// It says nothing that this program has not heard of.
absl::Status CheckKnown(Shard shard, const v1::EventBatch& batch) {
  for (const v1::Event& event : batch.events()) {
    if (event.body_case() == v1::Event::BODY_NOT_SET) {
      return absl::FailedPreconditionError(fmt::format(
          "events/{}: event {} is of a kind that this program does not know: "
          "a newer one wrote it",
          shard.value, event.sequence()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventReader>> EventReader::Open(
    Log& log, std::vector<FoldedTo> from) {
  std::vector<Position> positions;
  for (Shard shard{0}; shard.value < from.size(); ++shard) {
    const FoldedTo& folded = from[shard.value];
    auto watermarks = log.WatermarksOf(EventsOf(shard));
    if (!watermarks.ok()) return watermarks.status();
    if (folded.batch_number == 0) {
      positions.push_back({EventsOf(shard), watermarks->low});
      continue;
    }
    if (watermarks->high <= folded.batch_offset) {
      return Differs(shard, "the log is shorter than what was folded of it");
    }
    positions.push_back({EventsOf(shard), folded.batch_offset});
  }
  auto consumer = log.OpenConsumer(positions);
  if (absl::IsOutOfRange(consumer.status())) {
    return absl::DataLossError(
        "events: what comes after what was folded is not there any more");
  }
  if (!consumer.ok()) return consumer.status();
  return std::unique_ptr<EventReader>(
      new EventReader(std::move(from), *std::move(consumer)));
}

EventReader::EventReader(std::vector<FoldedTo> from,
                         std::unique_ptr<Consumer> consumer)
    : folded_(std::move(from)),
      is_verified_(folded_.size(), false),
      consumer_(std::move(consumer)) {
  for (size_t i = 0; i < folded_.size(); ++i) {
    is_verified_[i] = folded_[i].batch_number == 0;
  }
}

Offset EventReader::next(Shard shard) const {
  return consumer_->Position(EventsOf(shard));
}

absl::StatusOr<size_t> EventReader::Read(Shard shard, size_t batches_max,
                                         const Visit& visit) {
  if (batches_max == 0) return 0;
  auto batch = consumer_->Fetch(EventsOf(shard), batches_max, kFetchBytesMax);
  if (!batch.ok()) return batch.status();
  for (const Record& record : batch->records) {
    if (auto taken = Take(shard, record, visit); !taken.ok()) return taken;
  }
  return batch->records.size();
}

absl::Status EventReader::AwaitVerified() {
  const auto must_not_come = [](const v1::EventBatch&, const FoldedTo&) {
    return absl::InternalError("one batch was asked for");
  };
  for (Shard shard{0}; shard.value < folded_.size(); ++shard) {
    for (int look = 1; !is_verified_[shard.value]; ++look) {
      auto read = Read(shard, 1, must_not_come);
      if (!read.ok()) return read.status();
      if (is_verified_[shard.value]) break;
      if (look == kVerifyLooksMax) {
        return absl::DeadlineExceededError(
            fmt::format("events/{} gives nothing at offset {}", shard.value,
                        folded_[shard.value].batch_offset.value));
      }
      // Not AwaitRecords, which comes back at once as long as another shard's
      // records wait to be read.
      absl::SleepFor(kBetweenLooks);
    }
  }
  return absl::OkStatus();
}

absl::Status EventReader::Take(Shard shard, const Record& record,
                               const Visit& visit) {
  arena_.Reset();
  auto* batch = google::protobuf::Arena::CreateMessage<v1::EventBatch>(&arena_);
  const v1::Undecodable reason = Decode(record.value, kRecordBytesMax, *batch);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    return Differs(shard, fmt::format("offset {} is no event batch ({})",
                                      record.offset.value, NameOf(reason)));
  }
  const BatchDigest digest = DigestOfBatch(record.value);
  if (!is_verified_[shard.value]) return CheckStands(shard, *batch, digest);

  FoldedTo& folded = folded_[shard.value];
  const bool continues =
      batch->shard() == shard.value && batch->shards() == folded_.size() &&
      batch->number() == folded.batch_number + 1 &&
      batch->previous_digest() == AsBytes(folded.batch_digest) &&
      batch->first_sequence() == folded.sequence.value + 1;
  if (!continues) {
    return Differs(
        shard,
        fmt::format("offset {}, batch {}, does not continue batch {}",
                    record.offset.value, batch->number(), folded.batch_number));
  }
  if (auto known = CheckKnown(shard, *batch); !known.ok()) return known;
  const FoldedTo next{.batch_number = batch->number(),
                      .batch_digest = digest,
                      .batch_offset = record.offset,
                      .sequence = folded.sequence +
                                  static_cast<uint64_t>(batch->events_size())};
  folded = next;
  return visit(*batch, next);
}

absl::Status EventReader::CheckStands(Shard shard, const v1::EventBatch& batch,
                                      const BatchDigest& digest) {
  const FoldedTo& folded = folded_[shard.value];
  if (batch.number() != folded.batch_number || digest != folded.batch_digest) {
    return Differs(shard, "the log holds another history than what was folded");
  }
  is_verified_[shard.value] = true;
  return absl::OkStatus();
}

}  // namespace slotlog
