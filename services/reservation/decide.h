// What happens? Decide answers with one event, or with one event that says why
// not. It is pure: the same state and input give the same event, on any
// machine, at any time. It reads no clock and writes nothing.
//
//   commands          decide_citizen.cc   one function per command; what each
//                                         passes first is decide_command.cc
//   slots' answers    decide_answer.cc    and what slots announce
//   slots' requests   decide_slot.cc
//   operations        decide_operation.cc one function per operation
//   the agenda        decide_agenda.cc    what falls due, what goes in waves
//   the waitlist      decide_waitlist.cc  decide_search.cc: who is offered
//   seats campaigns         decide_campaign.cc  theirs, and how shards hear of
//   them
//
// What an event makes other shards and callers know is announce.h; what it does
// to the state is fold.h; batch.h puts the three together.

#pragma once

#include <google/protobuf/arena.h>

#include "services/reservation/input.h"
#include "services/reservation/state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// The event, on `arena`, with its body only: the batch gives it its sequence
/// and cause. Null where nothing happens: a tick, or an answer of an older
/// turn.
v1::Event* Decide(const State& state, const Input& input,
                  google::protobuf::Arena& arena);

/// The parts of Decide, by who decides.
v1::Event* DecideCommand(const State& state, const Input& input,
                         const v1::Command& command,
                         google::protobuf::Arena& arena);
v1::Event* DecideOperation(const State& state, const Input& input,
                           const v1::Operation& operation,
                           google::protobuf::Arena& arena);

v1::Event* DecideSeatRequest(const State& state, const Input& input,
                             const v1::SeatRequest& request,
                             google::protobuf::Arena& arena);
v1::Event* DecideReleaseRequest(const State& state,
                                const v1::ReleaseRequest& request,
                                google::protobuf::Arena& arena);
v1::Event* DecideSeatAnswer(const State& state, const MessageFrom& from,
                            const v1::SeatAnswer& answer,
                            google::protobuf::Arena& arena);
v1::Event* DecideReleaseAnswer(const State& state, const MessageFrom& from,
                               const v1::ReleaseAnswer& answer,
                               google::protobuf::Arena& arena);
v1::Event* DecideMoveRequest(const State& state, const Input& input,
                             const v1::MoveRequest& request,
                             google::protobuf::Arena& arena);
/// Null: the seat is another's by now.
v1::Event* DecideSeatConfirmation(const State& state,
                                  const v1::SeatConfirmation& confirmation,
                                  google::protobuf::Arena& arena);
v1::Event* DecideSeatWithdrawal(const State& state,
                                const v1::SeatWithdrawal& withdrawal,
                                google::protobuf::Arena& arena);
v1::Event* DecideVisitEnd(const State& state, const v1::VisitEnd& end,
                          google::protobuf::Arena& arena);
v1::Event* DecideWaitlistRequest(const State& state, const Input& input,
                                 const v1::WaitlistRequest& request,
                                 google::protobuf::Arena& arena);
v1::Event* DecideSeatOffer(const State& state, const v1::SeatOffer& offer,
                           google::protobuf::Arena& arena);
/// Null: the slot has taken the seat back.
v1::Event* DecideSeatDecline(const State& state, const v1::SeatDecline& decline,
                             google::protobuf::Arena& arena);
v1::Event* DecideCampaignAnnouncement(const State& state,
                                      const v1::CampaignAnnouncement& announced,
                                      google::protobuf::Arena& arena);
v1::Event* DecideCampaignAdoption(const State& state, const MessageFrom& from,
                                  const v1::CampaignAdoption& adoption,
                                  google::protobuf::Arena& arena);

/// The part of an agenda's step. REQUIRES: there is a search.
v1::Event* DecideSearchStep(const State& state, google::protobuf::Arena& arena);

/// REQUIRES: the agenda is due (agenda.h).
v1::Event* DecideAgendaStep(const State& state, google::protobuf::Arena& arena);

}  // namespace slotlog
