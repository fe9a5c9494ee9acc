#include "tools/verify/repeat_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tools/verify/keys.h"

namespace slotlog::verify {

void RepeatChecks::Check(const DecidedBatch& batch, const v1::Event& event) {
  const std::optional<Answer> answer = AnswerOf(event, shards_);
  const bool is_to_command =
      answer.has_value() && answer->topic == Topic::kCommands;
  if (is_to_command && answer->repeated) {
    const Sequence first{event.command_repeated().first_sequence()};
    if (!WasGivenBy(first, *answer)) {
      findings_.Violated(
          Invariant::kOneAnswer, batch.PlaceOf(event),
          fmt::format("it repeats to command {} of citizen {} an answer that "
                      "event {} did not give",
                      answer->command_id, answer->citizen_id, first.value));
    }
  }
  Remember(Sequence{event.sequence()}, is_to_command && !answer->repeated
                                           ? FingerprintOf(*answer)
                                           : kNoAnswer);
}

RepeatChecks::Fingerprint RepeatChecks::FingerprintOf(const Answer& answer) {
  const CommandKey key =
      KeyOf(CitizenId{answer.citizen_id}, CommandId{answer.command_id});
  // Two answers to one command differ in these bits, whatever its key is.
  const auto said = static_cast<Fingerprint>(answer.outcome) << 16 |
                    static_cast<Fingerprint>(answer.refusal);
  return std::max(static_cast<Fingerprint>(key.low) ^ said, kNoAnswer + 1);
}

bool RepeatChecks::WasGivenBy(Sequence sequence, const Answer& answer) const {
  // Before a gap in the sequences, which is told as such.
  if (sequence < first_ && first_ > Sequence{1}) return true;
  const uint64_t index = sequence.value - first_.value;
  return index < first_answers_.size() &&
         first_answers_[index] == FingerprintOf(answer);
}

void RepeatChecks::Remember(Sequence sequence, Fingerprint fingerprint) {
  if (sequence.value != first_.value + first_answers_.size()) {
    first_answers_.clear();
    first_ = sequence;
  }
  first_answers_.push_back(fingerprint);
}

}  // namespace slotlog::verify
