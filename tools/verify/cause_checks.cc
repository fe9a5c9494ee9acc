#include "tools/verify/cause_checks.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "tools/verify/input_reader.h"

namespace slotlog::verify {

void CauseChecks::Check(const DecidedBatch& batch, const v1::Event& event,
                        const OpenInputs& open) {
  // A step of the agenda has none: agenda_checks.h.
  if (event.cause_topic() == v1::TOPIC_UNSPECIFIED) return;
  const Place place = batch.PlaceOf(event);
  const std::optional<Topic> topic = TopicFrom(event.cause_topic());
  if (!topic.has_value()) {
    findings_.Violated(Invariant::kContiguous, place,
                       fmt::format("its cause is in topic {}: there is none",
                                   static_cast<int>(event.cause_topic())));
    return;
  }
  const Offset offset{event.cause_offset()};
  if (const DecidedInput* input =
          batch.inputs.Find(*topic, offset, event.cause_index())) {
    Compare(place, event, open.AskedAt(event, input->asked_at), input->digest);
    return;
  }
  const OpenInput* earlier = open.Find(*topic, offset);
  if (earlier != nullptr && earlier->was_parked && event.cause_index() == 0) {
    Compare(place, event, open.AskedAt(event, earlier->asked_at),
            earlier->digest);
    return;
  }
  if (!batch.inputs.Keeps(*topic, offset)) return;
  findings_.Violated(
      Invariant::kContiguous, place,
      fmt::format("its cause, {} at {} (index {}), is neither an input of its "
                  "batch nor a parked command",
                  NameOf(*topic), offset.value, event.cause_index()));
}

void CauseChecks::Compare(const Place& place, const v1::Event& event,
                          std::optional<absl::Time> asked_at, uint64_t digest) {
  if (asked_at.has_value() &&
      event.asked_at_unix_ms() != absl::ToUnixMillis(*asked_at)) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("it says it was asked at {} ms; what it follows from was "
                    "asked at {} ms",
                    event.asked_at_unix_ms(), absl::ToUnixMillis(*asked_at)));
  }
  if (event.command_digest() != digest) {
    findings_.Violated(Invariant::kWindow, place,
                       fmt::format("its command_digest is {:016x}; its cause's "
                                   "is {:016x}",
                                   event.command_digest(), digest));
  }
}

}  // namespace slotlog::verify
