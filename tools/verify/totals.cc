#include "tools/verify/totals.h"

namespace slotlog::verify {

void Totals::Count(const DecidedBatch& batch) {
  ++batches;
  events += batch.batch->events_size();
  confirmations = batch.batch->confirmations_sent();
  for (const DecidedInput& input : batch.inputs.commands) {
    const bool is_tick = input.command != nullptr && input.command->has_tick();
    ++(is_tick ? ticks : commands);
  }
  operations += batch.inputs.operations.size();
  for (const v1::Event& event : batch.batch->events()) Count(event);
}

void Totals::Count(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kInputDeadLettered:
      ++dead_letters;
      return;
    case v1::Event::kOperationRefused:
      ++operations_refused;
      return;
    case v1::Event::kCommandRefused:
      ++commands_refused;
      ++commands_refused_by_reason[event.command_refused().refusal()];
      return;
    case v1::Event::kCommandRepeated:
      ++commands_repeated;
      return;
    case v1::Event::kCommandParked:
      ++commands_parked;
      return;
    case v1::Event::kBooked:
      ++bookings;
      return;
    case v1::Event::kCancelled:
      ++cancellations;
      return;
    case v1::Event::kHeld:
      ++holds;
      return;
    case v1::Event::kHoldConfirmed:
      ++holds_confirmed;
      return;
    case v1::Event::kHoldExpired:
      ++holds_expired;
      return;
    case v1::Event::kRescheduled:
      ++reschedules;
      return;
    case v1::Event::kSeatLost:
      ++seats_lost;
      return;
    case v1::Event::kFulfilled:
      ++visits_fulfilled;
      return;
    case v1::Event::kMissed:
      ++visits_missed;
      return;
    case v1::Event::kSeatCheckedIn:
      ++check_ins;
      return;
    case v1::Event::kWaiting:
      ++waits;
      return;
    case v1::Event::kSeatOffered:
      ++seats_offered;
      return;
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kSeatAsked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void Totals::Add(const Totals& others) {
  batches += others.batches;
  events += others.events;
  commands += others.commands;
  ticks += others.ticks;
  operations += others.operations;
  confirmations += others.confirmations;
  dead_letters += others.dead_letters;
  bookings += others.bookings;
  cancellations += others.cancellations;
  bookings_standing += others.bookings_standing;
  holds += others.holds;
  holds_confirmed += others.holds_confirmed;
  holds_expired += others.holds_expired;
  reschedules += others.reschedules;
  holds_standing += others.holds_standing;
  seats_lost += others.seats_lost;
  visits_fulfilled += others.visits_fulfilled;
  visits_missed += others.visits_missed;
  check_ins += others.check_ins;
  waits += others.waits;
  seats_offered += others.seats_offered;
  commands_parked += others.commands_parked;
  commands_repeated += others.commands_repeated;
  commands_refused += others.commands_refused;
  for (const auto& [reason, count] : others.commands_refused_by_reason) {
    commands_refused_by_reason[reason] += count;
  }
  operations_refused += others.operations_refused;
}

}  // namespace slotlog::verify
