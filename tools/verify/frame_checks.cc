#include "tools/verify/frame_checks.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace slotlog::verify {

FrameChecks::FrameChecks(Shard shard, ShardCount shards, Findings& findings)
    : shard_(shard),
      shards_(shards),
      findings_(findings),
      sent_(shards.value, 0) {}

void FrameChecks::Check(const v1::EventBatch& batch, std::string_view record,
                        const Place& place) {
  CheckOwner(batch, place);
  CheckChain(batch, place);
  CheckSequences(batch, place);
  CheckTimes(batch, place);
  CheckCounters(batch, place);
  digest_ = DigestOfBatch(record);
}

void FrameChecks::SkipUndecodable(std::string_view record) {
  digest_ = DigestOfBatch(record);
}

void FrameChecks::CheckOwner(const v1::EventBatch& batch, const Place& place) {
  if (batch.shard() != shard_.value) {
    Violated(place, fmt::format("the batch says that it is of shard {}",
                                batch.shard()));
  }
  if (batch.shards() != shards_.value) {
    Violated(place, fmt::format("the batch counts {} shards, the log {}",
                                batch.shards(), shards_.value));
  }
  if (batch.epoch() < epoch_.value || batch.epoch() == 0) {
    Violated(place, fmt::format("epoch {} follows epoch {}: a fenced owner "
                                "wrote",
                                batch.epoch(), epoch_.value));
  }
  epoch_ = Epoch{batch.epoch()};
}

void FrameChecks::CheckChain(const v1::EventBatch& batch, const Place& place) {
  if (batch.number() != number_ + 1) {
    Violated(place,
             fmt::format("batch {} follows batch {}", batch.number(), number_));
  }
  number_ = batch.number();
  if (batch.previous_digest() != AsBytes(digest_)) {
    Violated(place,
             "previous_digest is not the digest of the record before it");
  }
}

void FrameChecks::CheckSequences(const v1::EventBatch& batch,
                                 const Place& place) {
  if (batch.first_sequence() != next_sequence_.value) {
    Violated(place, fmt::format("first_sequence is {}, {} is next",
                                batch.first_sequence(), next_sequence_.value));
    next_sequence_ = Sequence{batch.first_sequence()};
  }
  for (const v1::Event& event : batch.events()) {
    const Place at{place.partition, place.offset, Sequence{event.sequence()}};
    if (event.sequence() != next_sequence_.value) {
      Violated(at, fmt::format("the event stands where {} is next",
                               next_sequence_.value));
      next_sequence_ = Sequence{event.sequence()};
    }
    if (event.body_case() == v1::Event::BODY_NOT_SET) {
      Violated(at, "the event is of a kind that this program does not know");
    }
    ++next_sequence_;
  }
  findings_.Checked(Invariant::kContiguous, batch.events_size());
}

void FrameChecks::CheckTimes(const v1::EventBatch& batch, const Place& place) {
  if (batch.now_unix_ms() < now_unix_ms_) {
    Violated(place, fmt::format("the line's time went back from {} ms to {} ms",
                                now_unix_ms_, batch.now_unix_ms()));
  }
  if (batch.decided_at_unix_ms() < decided_at_unix_ms_) {
    Violated(place,
             fmt::format("decided_at went back from {} ms to {} ms",
                         decided_at_unix_ms_, batch.decided_at_unix_ms()));
  }
  if (batch.decided_at_unix_ms() < batch.now_unix_ms()) {
    Violated(place,
             fmt::format("decided at {} ms, before the stamp {} ms of "
                         "what was decided",
                         batch.decided_at_unix_ms(), batch.now_unix_ms()));
  }
  now_unix_ms_ = batch.now_unix_ms();
  decided_at_unix_ms_ = batch.decided_at_unix_ms();
}

void FrameChecks::CheckCounters(const v1::EventBatch& batch,
                                const Place& place) {
  if (batch.messages_sent_size() != static_cast<int>(shards_.value) ||
      batch.messages_received_size() != static_cast<int>(shards_.value)) {
    Violated(place, fmt::format("it counts messages to {} and from {} shards",
                                batch.messages_sent_size(),
                                batch.messages_received_size()));
    return;
  }
  for (uint32_t to = 0; to < shards_.value; ++to) {
    const uint64_t sent = batch.messages_sent(static_cast<int>(to));
    if (sent < sent_[to]) {
      Violated(place, fmt::format("messages sent to shard {} went back from {} "
                                  "to {}",
                                  to, sent_[to], sent));
    }
    sent_[to] = sent;
  }
  if (batch.confirmations_sent() < confirmations_sent_) {
    Violated(place,
             fmt::format("confirmations sent went back from {} to {}",
                         confirmations_sent_, batch.confirmations_sent()));
  }
  confirmations_sent_ = batch.confirmations_sent();
}

void FrameChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kContiguous, place, std::move(what));
}

}  // namespace slotlog::verify
