// The shard's agenda: what it does by itself, step by step.
//
// Entries are due at a second of the line's time. Those of a second rest in
// rows of a few each, in the order in which they were added, and are never
// taken out one by one: when its time comes, an entry that has nothing left to
// do is passed over. A wave goes through the seats of a slot or a site, from
// the latest to the first; waves come before anything that is due.
// So do searches, which offer free seats to those who wait (waitlist.h).
//
// A step looks at a few entries or seats and is decided like an input
// (decide_agenda.cc); its event says how many it passed. So a hundred thousand
// holds that end in one minute are ended batch by batch, and the place where a
// batch stopped is state.
//
// Pure. Belongs to the shard's thread.

#pragma once

#include <absl/time/time.h>

#include <string>

#include "services/reservation/state.h"

namespace slotlog {

/// The end of the first second that has entries; InfiniteFuture if none has.
absl::Time NextDue(const Agenda& agenda);

/// Is there a step to take, by the line's time?
inline bool IsDue(const Head& head) {
  return !head.agenda.waves.empty() || !head.agenda.searches.empty() ||
         head.now >= NextDue(head.agenda);
}

/// The row in which the entry rests that stands `ahead` of the next one.
/// REQUIRES: there is a next one.
RowKey DueKey(const Agenda& agenda, uint32_t ahead);

/// The entry that stands `ahead` of the next one among those due at the first
/// second; null: there are not so many. REQUIRES: there is a first second.
const DueEntry* FindDue(const State& state, uint32_t ahead);

/// Is the entry the end of this move's delay?
bool IsDueFor(const DueEntry& entry, const DelayedMove& move);

/// Where a wave is: the slot at hand, and the seat at hand in it.
struct WavePlace {
  std::string site_id;
  std::string slot_id;
  SeatNumber seat;
};
WavePlace PlaceOf(const Wave& wave, const State& state);

// --- Steps of Fold ---

/// REQUIRES: the deadline is after the line's time.
void AddDue(absl::Time deadline, DueEntry entry, State& state);
void PassDue(uint32_t entries, State& state);

/// Begins with the latest seat of the slot, or of the site's first slot.
void AddWave(Wave wave, State& state);
void PassSeats(uint32_t seats, State& state);

}  // namespace slotlog
