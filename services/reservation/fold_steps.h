// The steps of Fold, one for each event that changes a row: the citizen's in
// fold_citizen.cc and fold_offer.cc, those of sites, slots and seats in
// fold_slot.cc, those of waitlists in fold_waitlist.cc.

#pragma once

#include "services/reservation/state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

void Apply(const v1::Event& event, const v1::CommandRefused& refused,
           State& state);
void Apply(const v1::CommandRepeated& repeated, State& state);
void Apply(const v1::Event& event, const v1::CommandParked& parked,
           State& state);
void Apply(const v1::Event& event, const v1::SeatAsked& asked, State& state);
void Apply(const v1::Event& event, const v1::Booked& booked, State& state);
void Apply(const v1::Event& event, const v1::Held& held, State& state);
void Apply(const v1::Event& event, const v1::HoldConfirmed& confirmed,
           State& state);
void Apply(const v1::HoldExpired& expired, State& state);
void Apply(const v1::HoldGivenBack& back, State& state);
void Apply(const v1::HoldDeferred& deferred, State& state);
void Apply(const v1::Event& event, const v1::MoveAsked& asked, State& state);
void Apply(const v1::NewSeatTaken& taken, State& state);
void Apply(const v1::NewSeatReturned& returned, State& state);
void Apply(const v1::Event& event, const v1::Rescheduled& moved, State& state);
void Apply(const v1::SeatLost& lost, State& state);
void Apply(const v1::Fulfilled& fulfilled, State& state);
void Apply(const v1::Missed& missed, State& state);
void Apply(const v1::Event& event, const v1::ReleaseAsked& asked, State& state);
void Apply(const v1::Event& event, const v1::Cancelled& cancelled,
           State& state);

void Apply(const v1::SiteDefined& defined, State& state);
void Apply(const v1::SlotsOpened& opened, State& state);
void Apply(const v1::CapacityChanged& changed, State& state);
void Apply(const v1::SlotClosed& closed, State& state);
void Apply(const v1::SiteClosed& closed, State& state);
void Apply(const v1::SeatTaken& taken, State& state);
void Apply(const v1::SeatReleased& released, State& state);
void Apply(const v1::SeatConfirmed& confirmed, State& state);
void Apply(const v1::SeatRefused& refused, State& state);
void Apply(const v1::SeatMoved& moved, State& state);
void Apply(const v1::SeatsSwapped& swapped, State& state);
void Apply(const v1::MoveDelayed& delayed, State& state);
void Apply(const v1::SeatWithdrawn& withdrawn, State& state);
void Apply(const v1::SeatCheckedIn& checked_in, State& state);
void Apply(const v1::DoseGiven& given, State& state);
void Apply(const v1::SlotEnded& ended, State& state);
void Apply(const v1::SeatMissed& missed, State& state);
void Apply(const v1::SeatOffered& offered, State& state);

void Apply(const v1::WaitlistJoined& joined, State& state);
void Apply(const v1::SearchPassed& passed, State& state);
/// The part of a SeatOffered that is about the list and the search at hand.
void LeaveWaitlist(const v1::SeatOffered& offered, State& state);

void Apply(const v1::Event& event, const v1::WaitlistAsked& asked,
           State& state);
void Apply(const v1::Event& event, const v1::Waiting& waiting, State& state);
void Apply(const v1::Event& event, const v1::WaitlistLeft& left, State& state);
void Apply(const v1::Offered& offered, State& state);
void Apply(const v1::OfferParked& parked, State& state);
void Apply(const v1::OfferDeclined& declined, State& state);
void Apply(const v1::OfferWithdrawn& withdrawn, State& state);

}  // namespace slotlog
