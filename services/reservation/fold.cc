#include "services/reservation/fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/invariant.h"
#include "services/reservation/agenda.h"
#include "services/reservation/fold_campaign.h"
#include "services/reservation/fold_steps.h"

namespace slotlog {
namespace {

// --- The head ---

void Advance(InputPosition& position, const v1::InputRun& run) {
  switch (static_cast<Topic>(run.topic())) {
    case Topic::kCommands:
    case Topic::kOperations:
      position = {.offset = Offset{run.offset() + run.count()}, .index = 0};
      return;
    case Topic::kInternal:
      position = {.offset = Offset{run.offset()},
                  .index = run.index() + run.count()};
      return;
    case Topic::kEvents:
    case Topic::kConfirmations:
    case Topic::kDeadLetters:
      break;
  }
  INVARIANT(false, "an event batch names an input that is none");
}

InputPosition& PositionIn(Head& head, v1::Topic topic) {
  if (topic == v1::TOPIC_COMMANDS) return head.commands;
  if (topic == v1::TOPIC_OPERATIONS) return head.operations;
  return head.internal;
}

}  // namespace

void Apply(const v1::Event& event, State& state) {
  switch (event.body_case()) {
    case v1::Event::kInputDeadLettered:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kReleaseRefused:
      return;  // facts that change no row
    case v1::Event::kSiteDefined:
      return Apply(event.site_defined(), state);
    case v1::Event::kSlotsOpened:
      return Apply(event.slots_opened(), state);
    case v1::Event::kCapacityChanged:
      return Apply(event.capacity_changed(), state);
    case v1::Event::kSlotClosed:
      return Apply(event.slot_closed(), state);
    case v1::Event::kSiteClosed:
      return Apply(event.site_closed(), state);
    case v1::Event::kCampaignDefined:
      return Apply(event, event.campaign_defined(), state);
    case v1::Event::kCampaignChanged:
      return Apply(event, event.campaign_changed(), state);
    case v1::Event::kCampaignAdopted:
      return Apply(event.campaign_adopted(), state);
    case v1::Event::kCampaignAcknowledged:
      return Apply(event.campaign_acknowledged(), state);
    case v1::Event::kCommandRefused:
      return Apply(event, event.command_refused(), state);
    case v1::Event::kCommandRepeated:
      return Apply(event.command_repeated(), state);
    case v1::Event::kCommandParked:
      return Apply(event, event.command_parked(), state);
    case v1::Event::kSeatAsked:
      return Apply(event, event.seat_asked(), state);
    case v1::Event::kBooked:
      return Apply(event, event.booked(), state);
    case v1::Event::kHeld:
      return Apply(event, event.held(), state);
    case v1::Event::kHoldConfirmed:
      return Apply(event, event.hold_confirmed(), state);
    case v1::Event::kHoldExpired:
      return Apply(event.hold_expired(), state);
    case v1::Event::kHoldGivenBack:
      return Apply(event.hold_given_back(), state);
    case v1::Event::kHoldDeferred:
      return Apply(event.hold_deferred(), state);
    case v1::Event::kMoveAsked:
      return Apply(event, event.move_asked(), state);
    case v1::Event::kNewSeatTaken:
      return Apply(event.new_seat_taken(), state);
    case v1::Event::kNewSeatReturned:
      return Apply(event.new_seat_returned(), state);
    case v1::Event::kRescheduled:
      return Apply(event, event.rescheduled(), state);
    case v1::Event::kSeatLost:
      return Apply(event.seat_lost(), state);
    case v1::Event::kFulfilled:
      return Apply(event.fulfilled(), state);
    case v1::Event::kMissed:
      return Apply(event.missed(), state);
    case v1::Event::kWaitlistAsked:
      return Apply(event, event.waitlist_asked(), state);
    case v1::Event::kWaiting:
      return Apply(event, event.waiting(), state);
    case v1::Event::kWaitlistLeft:
      return Apply(event, event.waitlist_left(), state);
    case v1::Event::kOffered:
      return Apply(event.offered(), state);
    case v1::Event::kOfferParked:
      return Apply(event.offer_parked(), state);
    case v1::Event::kOfferDeclined:
      return Apply(event.offer_declined(), state);
    case v1::Event::kOfferWithdrawn:
      return Apply(event.offer_withdrawn(), state);
    case v1::Event::kReleaseAsked:
      return Apply(event, event.release_asked(), state);
    case v1::Event::kCancelled:
      return Apply(event, event.cancelled(), state);
    case v1::Event::kSeatTaken:
      return Apply(event.seat_taken(), state);
    case v1::Event::kSeatReleased:
      return Apply(event.seat_released(), state);
    case v1::Event::kSeatRefused:
      return Apply(event.seat_refused(), state);
    case v1::Event::kSeatConfirmed:
      return Apply(event.seat_confirmed(), state);
    case v1::Event::kSeatMoved:
      return Apply(event.seat_moved(), state);
    case v1::Event::kSeatsSwapped:
      return Apply(event.seats_swapped(), state);
    case v1::Event::kMoveDelayed:
      return Apply(event.move_delayed(), state);
    case v1::Event::kSeatWithdrawn:
      return Apply(event.seat_withdrawn(), state);
    case v1::Event::kSeatCheckedIn:
      return Apply(event.seat_checked_in(), state);
    case v1::Event::kDoseGiven:
      return Apply(event.dose_given(), state);
    case v1::Event::kSeatMissed:
      return Apply(event.seat_missed(), state);
    case v1::Event::kSlotEnded:
      return Apply(event.slot_ended(), state);
    case v1::Event::kWaitlistJoined:
      return Apply(event.waitlist_joined(), state);
    case v1::Event::kSeatOffered:
      return Apply(event.seat_offered(), state);
    case v1::Event::kSearchPassed:
      return Apply(event.search_passed(), state);
    case v1::Event::kWavePassed:
      return PassSeats(event.wave_passed().seats_passed(), state);
    case v1::Event::kAgendaPassed:
      return PassDue(event.agenda_passed().agenda_entries(), state);
    case v1::Event::BODY_NOT_SET:
      break;
  }
  INVARIANT(false, "an event of an unknown type was let in");
}

absl::Status CheckContinues(const Head& head, const v1::EventBatch& batch) {
  const auto torn = [&](std::string_view what, uint64_t found,
                        uint64_t expected) {
    return absl::DataLossError(fmt::format(
        "events/{}: batch {} does not continue batch {}: {} is {}, not {}",
        head.shard.value, batch.number(), head.batch_number, what, found,
        expected));
  };
  if (batch.shard() != head.shard.value) {
    return torn("the shard", batch.shard(), head.shard.value);
  }
  if (batch.shards() != head.shards.value) {
    return torn("the number of shards", batch.shards(), head.shards.value);
  }
  if (batch.number() != head.batch_number + 1) {
    return torn("its number", batch.number(), head.batch_number + 1);
  }
  if (batch.previous_digest() != AsBytes(head.digest)) {
    return absl::DataLossError(
        fmt::format("events/{}: batch {} is chained to another history: its "
                    "previous_digest is not that of batch {}",
                    head.shard.value, batch.number(), head.batch_number));
  }
  if (batch.epoch() < head.epoch.value) {
    return torn("the owner's epoch", batch.epoch(), head.epoch.value);
  }
  uint64_t sequence = head.sequence.value + 1;
  if (batch.first_sequence() != sequence) {
    return torn("the first sequence", batch.first_sequence(), sequence);
  }
  for (const v1::Event& event : batch.events()) {
    if (event.sequence() != sequence) {
      return torn("an event's sequence", event.sequence(), sequence);
    }
    if (event.body_case() == v1::Event::BODY_NOT_SET) {
      return absl::UnimplementedError(fmt::format(
          "events/{}: event {} is of a type that this version does not know",
          head.shard.value, sequence));
    }
    ++sequence;
  }
  if (batch.agenda_steps() < head.agenda_steps) {
    return torn("the total of the agenda's steps", batch.agenda_steps(),
                head.agenda_steps);
  }
  const int shards = static_cast<int>(head.shards.value);
  if (batch.messages_sent_size() != shards ||
      batch.messages_received_size() != shards) {
    return torn("the number of counters", batch.messages_sent_size(), shards);
  }
  return absl::OkStatus();
}

void FoldHead(const v1::EventBatch& batch, const BatchDigest& digest,
              Head& head) {
  head.epoch = Epoch{batch.epoch()};
  head.batch_number = batch.number();
  head.digest = digest;
  head.sequence = Sequence{batch.first_sequence() + batch.events_size() - 1};
  for (const v1::InputRun& run : batch.inputs()) {
    Advance(PositionIn(head, run.topic()), run);
  }
  head.now = absl::FromUnixMillis(batch.now_unix_ms());
  head.decided_at = absl::FromUnixMillis(batch.decided_at_unix_ms());
  std::copy(batch.messages_sent().begin(), batch.messages_sent().end(),
            head.messages_sent.begin());
  std::copy(batch.messages_received().begin(), batch.messages_received().end(),
            head.messages_received.begin());
  head.confirmations_sent = batch.confirmations_sent();
  head.agenda_steps = batch.agenda_steps();
}

void Fold(const v1::EventBatch& batch, const BatchDigest& digest,
          State& state) {
  // Steps may look at it: it is the same for all of a batch.
  state.head().decided_at = absl::FromUnixMillis(batch.decided_at_unix_ms());
  for (const v1::Event& event : batch.events()) Apply(event, state);
  FoldHead(batch, digest, state.head());
}

}  // namespace slotlog
