// What the days made by hand have in common: the campaign, the sites, bookings,
// and the texts of their messages. Campaign "summer" holds seats for ten
// minutes and offers them for five; site "gym" is at home in shard 0, "hall" in
// shard 1; ann is at home in shard 0, kim, tom, max, dan and ida are in
// shard 1.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/verify/handmade_history.h"

namespace slotlog::verify {

inline constexpr int64_t kNine = 1'626'080'400'000;  // 12 July 2021, in UTC
inline constexpr int64_t kMinute = 60'000;
inline constexpr int64_t kHoldTime = 10 * kMinute;
inline constexpr int64_t kOfferTime = 5 * kMinute;

// --- Texts, each ending with a blank ---

/// "field: number".
std::string Field(const std::string& name, int64_t number);
/// Citizen and campaign.
std::string Who(const std::string& citizen);
/// What a wish was judged by.
std::string Judged();
/// What a move ends with if all goes well: "RESCHEDULED".
std::string Wanted(const std::string& outcome = "RESCHEDULED");
std::string In(const std::string& slot, const std::string& site = "hall");
/// A seat's number, and the turn under which it was taken.
std::string SeatText(int number, int turn);
/// The seat that a move leaves.
std::string From(const std::string& slot, int number, int turn);
/// What an event about a command begins with.
std::string Wish(const HandmadeInput& command);

// --- Parts of days ---

/// `slots` are those of the hall and of the gym, as texts of Slot.
void OpenSites(HandmadeHistory& history, const std::string& hall,
               const std::string& gym);
/// Sends "<citizen>-<action>": its fields but the ids, as text.
HandmadeInput Ask(HandmadeHistory& history, uint32_t shard,
                  const std::string& citizen, const std::string& action,
                  const std::string& fields = "campaign_id: 'summer'");
/// Books or holds under turn 1 at a site of the citizen's own shard:
/// transaction "<citizen> books".
void BookAtHome(HandmadeHistory& history, uint32_t shard,
                const std::string& citizen, const std::string& place, int seat);
void HoldAtHome(HandmadeHistory& history, uint32_t shard,
                const std::string& citizen, const std::string& place, int seat);
/// ann books at the hall: "ann asks", "ann's seat", "ann is booked".
void BookAway(HandmadeHistory& history, const std::string& slot, int seat);
/// Only the line's time moves: a batch of this name.
void Tick(HandmadeHistory& history, const std::string& name, uint32_t shard);

// --- Days ---

/// kim and ann hold and confirm; tom's hold expires while he asks for a
/// booking; ida's expires after a move that was on its way.
void WriteHolds(HandmadeHistory& history);
/// kim moves within the hall, tom and max swap, ann moves to the hall and
/// cannot move back, because she is there.
void WriteMoves(HandmadeHistory& history);
/// Moves of which none succeeds: tom waits for a swap in vain, kim has the dose
/// meanwhile, ann loses the new seat and dan the old one.
void WriteCrossings(HandmadeHistory& history);
/// A slot of the hall shrinks, another closes, and then the hall, while max is
/// on his way to the gym.
void WriteClosings(HandmadeHistory& history);
/// kim has the dose, max cannot cancel any more, ann cancels while she has it,
/// and tom does not come.
void WriteVisits(HandmadeHistory& history);
/// kim waits and is offered max's seat; tom waited, and declines kim's.
void WriteWaits(HandmadeHistory& history);

}  // namespace slotlog::verify
