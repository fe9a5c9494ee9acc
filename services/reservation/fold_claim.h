// What the steps of Fold do to a claim, step by step: for fold_citizen.cc and
// fold_offer.cc.

#pragma once

#include <memory>
#include <string>
#include <utility>

#include "events/digest.h"
#include "services/reservation/agenda.h"
#include "services/reservation/state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

inline Citizen& CitizenOf(State& state, const std::string& citizen_id) {
  return state.citizens().Mutable(RowKey::Of(CitizenId{citizen_id}));
}

inline Claim& ClaimOf(Citizen& citizen, const std::string& campaign_id) {
  if (Claim* claim = citizen.FindClaim(CampaignId{campaign_id})) return *claim;
  Claim& claim = citizen.claims.emplace_back();
  claim.campaign_id = campaign_id;
  return claim;
}

/// The claim, if it has a conversation; nothing is made or touched if not.
inline Claim* ClaimInConversation(State& state, const std::string& citizen_id,
                                  const std::string& campaign_id) {
  const CitizenId citizen{citizen_id};
  const CampaignId campaign{campaign_id};
  const Claim* claim = FindClaim(state, citizen, campaign);
  if (claim == nullptr || claim->conversation == nullptr) return nullptr;
  return state.citizens().Mutable(RowKey::Of(citizen)).FindClaim(campaign);
}

/// The conversation is kept for as long as somebody needs it.
inline void DropIfUnused(Claim& claim) {
  if (claim.conversation == nullptr || claim.IsOpen()) return;
  const Conversation& over = *claim.conversation;
  if (over.parked.empty() && !over.offer.has_value()) {
    claim.conversation.reset();
  }
}

/// The command is parked no longer, if it was.
inline void Unpark(Claim& claim, int64_t command_offset) {
  if (claim.conversation == nullptr) return;
  auto& parked = claim.conversation->parked;
  std::erase_if(parked, [&](const ParkedCommand& command) {
    return command.offset.value == command_offset;
  });
}

/// No conversation is open now; an idle claim names no seat.
inline void SetState(ClaimState state, Claim& claim) {
  claim.state = state;
  if (state == ClaimState::kIdle) claim.seat = {};
  if (state != ClaimState::kHeld) claim.deadline = {};
  DropIfUnused(claim);
}

inline void KeepAnswer(Citizen& citizen, const std::string& command_id,
                       uint64_t command_digest, const v1::Event& event,
                       v1::Outcome outcome, v1::Refusal refusal) {
  citizen.answers.push_back({.command_id_digest = Digest64(command_id),
                             .command_digest = command_digest,
                             .sequence = Sequence{event.sequence()},
                             .outcome = outcome,
                             .refusal = refusal});
}

/// The conversation that this event answers ends, with the claim as `after`.
template <typename Body>
void EndConversation(const v1::Event& event, const Body& body,
                     v1::Outcome outcome, v1::Refusal refusal, ClaimState after,
                     Citizen& citizen, Claim& claim) {
  KeepAnswer(citizen, body.command_id(), claim.conversation->command_digest,
             event, outcome, refusal);
  claim.conversation->move.reset();
  SetState(after, claim);
}

/// The claim's conversation with what is parked, and nothing else in it.
inline Conversation& NewConversation(Claim& claim) {
  if (claim.conversation == nullptr) {
    claim.conversation = std::make_unique<Conversation>();
  } else {
    auto offer = std::move(claim.conversation->offer);
    auto parked = std::move(claim.conversation->parked);
    *claim.conversation = {};
    claim.conversation->offer = std::move(offer);
    claim.conversation->parked = std::move(parked);
  }
  return *claim.conversation;
}

/// The command `asked` speaks with a slot; the claim is in `state` meanwhile.
template <typename Body>
Claim& OpenConversation(const v1::Event& event, const Body& asked,
                        v1::Outcome wanted, ClaimState state, State& all) {
  Claim& claim =
      ClaimOf(CitizenOf(all, asked.citizen_id()), asked.campaign_id());
  Unpark(claim, asked.command_offset());
  Conversation& conversation = NewConversation(claim);
  conversation.command_id = asked.command_id();
  conversation.command_offset = Offset{asked.command_offset()};
  conversation.command_digest = event.command_digest();
  conversation.asked_at = absl::FromUnixMillis(event.asked_at_unix_ms());
  conversation.wanted = wanted;
  conversation.before = claim.state;
  claim.state = state;
  claim.turn = Turn{asked.turn()};
  return claim;
}

/// The seat that was asked for is this citizen's.
template <typename Body>
void TakeSeat(const Body& body, Turn turn, Claim& claim) {
  claim.seat = {.site_id = body.site_id(),
                .slot_id = body.slot_id(),
                .number = SeatNumber{body.seat()},
                .turn = turn};
  claim.has_expired = false;
  claim.waiting = {};
}

/// The seat just taken is held: its end is put on the agenda.
template <typename Body>
void HoldUntilDeadline(const Body& held, Claim& claim, State& state) {
  claim.deadline = absl::FromUnixMillis(held.deadline_unix_ms());
  AddDue(claim.deadline,
         {.kind = DueKind::kHold,
          .citizen_id = held.citizen_id(),
          .campaign_id = held.campaign_id(),
          .turn = claim.seat.turn,
          .site_id = {},
          .slot_id = {}},
         state);
}

}  // namespace slotlog
