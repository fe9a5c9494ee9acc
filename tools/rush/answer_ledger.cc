#include "tools/rush/answer_ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr int64_t kBitsInWord = 64;
/// Far beyond what a rehearsal publishes: an offset above it is nonsense.
constexpr int64_t kOffsetMax = int64_t{1} << 33;

}  // namespace

AnswerLedger::AnswerLedger(ShardCount shards) : shards_(shards.value) {}

bool AnswerLedger::Set(Bits& bits, Offset offset) {
  const auto word = static_cast<size_t>(offset.value / kBitsInWord);
  const uint64_t bit = uint64_t{1} << (offset.value % kBitsInWord);
  if (word >= bits.size()) bits.resize(std::max(word + 1, bits.size() * 2));
  const bool was_set = (bits[word] & bit) != 0;
  bits[word] |= bit;
  return was_set;
}

void AnswerLedger::Published(Shard shard, Offset offset) {
  INVARIANT(offset.value >= 0 && offset.value <= kOffsetMax,
            "a command stands at an offset that cannot be");
  const bool was_set = Set(shards_[shard.value].published, offset);
  INVARIANT(!was_set, "two commands were published at one offset");
  ++published_;
}

bool AnswerLedger::IsPublished(Shard shard, Offset offset) const {
  const Bits& bits = shards_[shard.value].published;
  const auto word = static_cast<size_t>(offset.value / kBitsInWord);
  return word < bits.size() &&
         (bits[word] >> (offset.value % kBitsInWord) & 1) != 0;
}

Offset AnswerLedger::FirstUnpublished(Shard shard) const {
  const Bits& bits = shards_[shard.value].published;
  const auto word = std::find_if(bits.begin(), bits.end(),
                                 [](uint64_t some) { return ~some != 0; });
  const int64_t before = (word - bits.begin()) * kBitsInWord;
  return Offset{word == bits.end() ? before : before + std::countr_one(*word)};
}

absl::Status AnswerLedger::Answered(Shard shard, Offset offset) {
  if (offset.value < 0 || offset.value > kOffsetMax) {
    return absl::DataLossError(
        fmt::format("a confirmation of shard {} answers commands/{} offset {}, "
                    "which cannot be",
                    shard.value, shard.value, offset.value));
  }
  if (Set(shards_[shard.value].answered, offset)) {
    return absl::DataLossError(fmt::format(
        "commands/{} offset {} was answered twice", shard.value, offset.value));
  }
  ++answered_;
  return absl::OkStatus();
}

absl::Status AnswerLedger::CheckComplete() const {
  for (uint32_t shard = 0; shard < shards_.size(); ++shard) {
    const auto& [published, answered] = shards_[shard];
    const size_t words = std::max(published.size(), answered.size());
    for (size_t word = 0; word < words; ++word) {
      const uint64_t asked = word < published.size() ? published[word] : 0;
      const uint64_t told = word < answered.size() ? answered[word] : 0;
      if (asked == told) continue;
      const int bit = std::countr_zero(asked ^ told);
      const bool is_missing = (asked >> bit & 1) != 0;
      return absl::DataLossError(fmt::format(
          "commands/{} offset {} {}", shard,
          static_cast<int64_t>(word) * kBitsInWord + bit,
          is_missing ? "was never answered"
                     : "was answered, but holds no command of this rehearsal"));
    }
  }
  return absl::OkStatus();
}

}  // namespace slotlog
