#include "services/reservation/claim_name.h"

namespace slotlog {
namespace {

template <typename Body>
ClaimName NameIn(const Body& body) {
  return {body.citizen_id(), body.campaign_id()};
}

}  // namespace

ClaimName ClaimNamedBy(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kCommandRefused:
      return NameIn(event.command_refused());
    case v1::Event::kCommandRepeated:
      return NameIn(event.command_repeated());
    case v1::Event::kBooked:
      return NameIn(event.booked());
    case v1::Event::kCancelled:
      return NameIn(event.cancelled());
    case v1::Event::kHeld:
      return NameIn(event.held());
    case v1::Event::kHoldConfirmed:
      return NameIn(event.hold_confirmed());
    case v1::Event::kHoldGivenBack:
      return NameIn(event.hold_given_back());
    case v1::Event::kRescheduled:
      return NameIn(event.rescheduled());
    case v1::Event::kSeatLost:
      return NameIn(event.seat_lost());
    case v1::Event::kFulfilled:
      return NameIn(event.fulfilled());
    case v1::Event::kMissed:
      return NameIn(event.missed());
    case v1::Event::kWaiting:
      return NameIn(event.waiting());
    case v1::Event::kWaitlistLeft:
      return NameIn(event.waitlist_left());
    case v1::Event::kOffered:
      return NameIn(event.offered());
    case v1::Event::kOfferDeclined:
      return NameIn(event.offer_declined());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kSiteClosed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWavePassed:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return {};
}

}  // namespace slotlog
