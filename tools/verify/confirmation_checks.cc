#include "tools/verify/confirmation_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "events/digest.h"
#include "tools/verify/answer.h"
#include "tools/verify/input_reader.h"

namespace slotlog::verify {
namespace {

std::string_view NameOfInput(Topic topic) {
  return topic == Topic::kCommands ? "command" : "operation";
}

}  // namespace

void ConfirmationChecks::Check(const DecidedBatch& batch, OpenInputs& open) {
  std::vector<bool> answered(batch.batch->events_size(), false);
  for (const WrittenConfirmation& written : batch.confirmations) {
    // A notice answers nothing: notice_checks.h.
    if (!written.record->has_confirmation()) continue;
    CheckConfirmation(batch, written, answered, open);
  }
  CheckAnswersGiven(batch, answered, open);
  CheckNoneIsForgotten(batch, batch.inputs.commands, open);
  CheckNoneIsForgotten(batch, batch.inputs.operations, open);
  CheckDeadLetters(batch);
}

void ConfirmationChecks::CheckConfirmation(const DecidedBatch& batch,
                                           const WrittenConfirmation& written,
                                           std::vector<bool>& answered,
                                           OpenInputs& open) {
  const v1::Confirmation& confirmation = written.record->confirmation();
  const Place place{{Topic::kConfirmations, batch.shard}, written.offset, {}};
  const uint64_t index =
      confirmation.citizen_sequence() - batch.batch->first_sequence();
  if (index >= answered.size()) {
    return Violated(place, fmt::format("it names event {}, which is not of the "
                                       "batch that counts it",
                                       confirmation.citizen_sequence()));
  }
  const v1::Event& event = batch.batch->events(static_cast<int>(index));
  const std::optional<Answer> answer = AnswerOf(event, shards_);
  if (!answer.has_value() || answered[index]) {
    return Violated(
        place, fmt::format("event {}, which it names, {}",
                           confirmation.citizen_sequence(),
                           answer.has_value() ? "has a confirmation already"
                                              : "answers nobody"));
  }
  answered[index] = true;
  if (const auto field = FindDifference(*answer, confirmation);
      !field.empty()) {
    Violated(place, fmt::format("its {} is not what event {} says", field,
                                confirmation.citizen_sequence()));
  }
  if (confirmation.asked_at_unix_ms() != event.asked_at_unix_ms() ||
      confirmation.decided_at_unix_ms() != batch.batch->decided_at_unix_ms()) {
    Violated(place, fmt::format("its times are not those of event {}",
                                confirmation.citizen_sequence()));
  }

  const OpenInput* input = open.Find(answer->topic, answer->offset);
  if (input == nullptr) {
    if (!batch.inputs.Keeps(answer->topic, answer->offset)) return;
    return Violated(
        place,
        fmt::format("it answers {} at {}, where no undecided {} stands",
                    DebugString(TopicPartition{answer->topic, batch.shard}),
                    answer->offset.value, NameOfInput(answer->topic)));
  }
  if (input->citizen_id_digest != Digest64(confirmation.citizen_id()) ||
      input->command_id_digest != Digest64(confirmation.command_id())) {
    Violated(place, fmt::format(
                        "it answers {} of citizen '{}'; {} at {} is "
                        "another's",
                        confirmation.command_id(), confirmation.citizen_id(),
                        DebugString(TopicPartition{answer->topic, batch.shard}),
                        answer->offset.value));
  }
  findings_.Checked(Invariant::kOneAnswer);
  open.Close(answer->topic, answer->offset);
}

void ConfirmationChecks::CheckAnswersGiven(const DecidedBatch& batch,
                                           const std::vector<bool>& answered,
                                           OpenInputs& open) {
  for (size_t index = 0; index < answered.size(); ++index) {
    if (answered[index]) continue;
    const v1::Event& event = batch.batch->events(static_cast<int>(index));
    const std::optional<Answer> answer = AnswerOf(event, shards_);
    if (!answer.has_value()) continue;
    open.Close(answer->topic, answer->offset);
    if (!batch.keeps_confirmations) continue;
    Violated(
        batch.PlaceOf(event),
        fmt::format("no confirmation says so to {} {} ({} at {})",
                    NameOfInput(answer->topic), answer->command_id,
                    DebugString(TopicPartition{answer->topic, batch.shard}),
                    answer->offset.value));
  }
}

void ConfirmationChecks::CheckNoneIsForgotten(
    const DecidedBatch& batch, const std::vector<DecidedInput>& inputs,
    OpenInputs& open) {
  for (const DecidedInput& input : inputs) {
    const OpenInput* waiting = open.Find(input.topic, input.offset);
    if (waiting == nullptr || waiting->wait != OpenInput::Wait::kNone) continue;
    Violated(
        {{input.topic, batch.shard}, input.offset, {}},
        fmt::format("the {} is neither answered nor does it wait; it was "
                    "decided by the batch in {} at {}",
                    NameOfInput(input.topic),
                    DebugString(TopicPartition{Topic::kEvents, batch.shard}),
                    batch.offset.value));
    open.Close(input.topic, input.offset);
  }
}

void ConfirmationChecks::CheckDeadLetters(const DecidedBatch& batch) {
  std::vector<const v1::Event*> dead;
  for (const v1::Event& event : batch.batch->events()) {
    if (event.has_input_dead_lettered()) dead.push_back(&event);
  }
  for (const auto* inputs :
       {&batch.inputs.commands, &batch.inputs.operations}) {
    for (const DecidedInput& input : *inputs) {
      if (input.undecodable == v1::UNDECODABLE_UNSPECIFIED) continue;
      findings_.Checked(Invariant::kOneAnswer);
      const bool has_event =
          std::any_of(dead.begin(), dead.end(), [&](const v1::Event* event) {
            return TopicFrom(event->cause_topic()) == input.topic &&
                   event->cause_offset() == input.offset.value &&
                   event->input_dead_lettered().payload_digest() ==
                       input.digest;
          });
      if (has_event) continue;
      Violated({{input.topic, batch.shard}, input.offset, {}},
               "the bytes are no message, and no event says so");
    }
  }
  if (!batch.keeps_dead_letters) return;
  for (size_t index = 0; index < dead.size(); ++index) {
    const v1::Event& event = *dead[index];
    const v1::DeadLetter* letter = index < batch.dead_letters.size()
                                       ? batch.dead_letters[index].letter
                                       : nullptr;
    if (letter != nullptr && letter->topic() == event.cause_topic() &&
        letter->partition() == batch.shard.value &&
        letter->offset() == event.cause_offset() &&
        letter->payload_digest() ==
            event.input_dead_lettered().payload_digest()) {
      continue;
    }
    Violated(batch.PlaceOf(event), "the dead letter that it names is missing");
  }
}

void ConfirmationChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kOneAnswer, place, std::move(what));
}

}  // namespace slotlog::verify
