// Small rules that Decide and Fold must see alike: how the contract's words
// become rows, and which answers are kept. Pure.

#pragma once

#include "services/reservation/state.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

Site SiteFrom(const v1::DefineSite& site);
Slot SlotFrom(const v1::Slot& slot);
CampaignRules RulesFrom(const v1::Campaign& campaign);

/// Is what is asked for so already?
bool StandsAs(const Site& site, const v1::DefineSite& wanted);
bool StandsAs(const Slot& slot, const v1::Slot& wanted);

/// Do these rules limit what the campaign takes of a site? A share of 1000
/// limits nothing and counts as a limit: it may be lowered later.
bool LimitsSites(const CampaignRules& rules);

/// The campaign that a command is about; empty for a tick.
CampaignId CampaignOf(const v1::Command& command);

/// Fills the fields that name the seat a citizen has.
template <typename Body>
void NameSeat(Body& body, const SeatName& seat) {
  body.set_site_id(seat.site_id);
  body.set_slot_id(seat.slot_id);
  body.set_seat(seat.number.value);
  body.set_seat_turn(seat.turn.value);
}

/// The same for the seat from which he moves.
template <typename Body>
void NameOldSeat(Body& body, const SeatName& seat) {
  body.set_from_site_id(seat.site_id);
  body.set_from_slot_id(seat.slot_id);
  body.set_from_seat(seat.number.value);
  body.set_from_seat_turn(seat.turn.value);
}

/// Fills the fields that name a conversation and what it is about, as `other`
/// names them.
template <typename Body, typename Other>
Body& NameAsked(Body& body, const Other& other) {
  body.set_citizen_id(other.citizen_id());
  body.set_campaign_id(other.campaign_id());
  body.set_turn(other.turn());
  body.set_site_id(other.site_id());
  body.set_slot_id(other.slot_id());
  return body;
}

/// Fills the fields that name a citizen's seat, as `other` names them.
template <typename Body, typename Other>
Body& NameTaken(Body& body, const Other& other) {
  body.set_citizen_id(other.citizen_id());
  body.set_campaign_id(other.campaign_id());
  body.set_site_id(other.site_id());
  body.set_slot_id(other.slot_id());
  body.set_seat(other.seat());
  body.set_seat_turn(other.seat_turn());
  return body;
}

/// Of what was given: an operation or an event that names product and lot.
template <typename Dose>
uint64_t DigestOfDose(const Dose& dose) {
  return Digest64(dose.product() + '\0' + dose.lot());
}

/// Is this refusal the command id's answer for ever? Not if it says nothing of
/// the wish itself (busy, too many), if the id has another answer (reused), or
/// if the citizen is not known here by right (malformed, wrong partition).
bool IsKept(v1::Refusal refusal);

}  // namespace slotlog
