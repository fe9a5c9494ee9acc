#include "tools/verify/agenda_checks.h"

#include <fmt/format.h>

#include <utility>

#include "tools/verify/input_reader.h"

namespace slotlog::verify {
namespace {

/// A batch of more may be full, and a full one takes no step.
constexpr int kFewEvents = 100;
constexpr size_t kFewBytes = 64 * 1024;

/// Does the agenda only do this, and nobody else?
bool IsOnlyAStep(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldDeferred:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
      return true;
    case v1::Event::kSeatMissed:
      // A seat that is confirmed too late is missed at once.
      return event.seat_missed().seats_passed() > 0;
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kBooked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kCampaignChanged:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::BODY_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace

void AgendaChecks::Check(const DecidedBatch& batch, const v1::Event& event,
                         const OpenInputs& open) {
  if (event.cause_topic() == v1::TOPIC_UNSPECIFIED) {
    return CheckStep(batch, event, open);
  }
  if (IsOnlyAStep(event)) {
    Violated(batch.PlaceOf(event),
             "only a step of the agenda decides this, and its cause is none");
  }
  CheckOrder(batch, event, open);
}

void AgendaChecks::CheckStep(const DecidedBatch& batch, const v1::Event& event,
                             const OpenInputs& open) {
  const auto step = static_cast<uint64_t>(event.cause_offset());
  const bool goes_on = is_in_steps_ && step + 1 == steps_seen_;
  is_in_steps_ = true;
  if (!goes_on && step != steps_seen_) {
    Violated(batch.PlaceOf(event),
             fmt::format("step {} of the agenda stands where {} is next", step,
                         steps_seen_));
  }
  steps_seen_ = step + 1;
  const std::optional<absl::Time> due =
      open.AskedAt(event, absl::FromUnixMillis(batch.batch->now_unix_ms()));
  if (due.has_value() && event.asked_at_unix_ms() != absl::ToUnixMillis(*due)) {
    Violated(batch.PlaceOf(event),
             fmt::format("a step of the agenda at {} ms; the line's time, or "
                         "the command's that it answers, is {} ms",
                         event.asked_at_unix_ms(), absl::ToUnixMillis(*due)));
  }
  if (event.command_digest() != 0 || event.cause_index() != 0) {
    Violated(batch.PlaceOf(event),
             "a step of the agenda names a record as its cause");
  }
}

void AgendaChecks::CheckOrder(const DecidedBatch& batch, const v1::Event& event,
                              const OpenInputs& open) {
  if (!is_in_steps_) return;
  const std::optional<Topic> topic = TopicFrom(event.cause_topic());
  if (!topic.has_value()) return;
  const Offset offset{event.cause_offset()};
  if (batch.inputs.Find(*topic, offset, event.cause_index()) == nullptr) return;
  // A step may have ended what a command waited for.
  const OpenInput* waited = open.Find(*topic, offset);
  if (waited != nullptr && waited->was_parked) return;
  Violated(batch.PlaceOf(event),
           "an input of the batch is decided after a step of the agenda");
}

void AgendaChecks::EndBatch(const DecidedBatch& batch) {
  const uint64_t counted = batch.batch->agenda_steps();
  const Place place{{Topic::kEvents, batch.shard}, batch.offset, {}};
  if (counted < steps_) {
    Violated(place, fmt::format("the agenda's steps went back from {} to {}",
                                steps_, counted));
  }
  if (steps_seen_ != counted) {
    Violated(place, fmt::format("it counts {} steps of the agenda; its events "
                                "show {}",
                                counted, steps_seen_));
  }
  nothing_was_due_ = counted == steps_ &&
                     batch.batch->events_size() <= kFewEvents &&
                     batch.batch->ByteSizeLong() <= kFewBytes;
  steps_ = counted;
  steps_seen_ = counted;
  is_in_steps_ = false;
}

void AgendaChecks::Violated(const Place& place, std::string what) {
  findings_.Violated(Invariant::kContiguous, place, std::move(what));
}

}  // namespace slotlog::verify
