#include "services/reservation/agenda.h"

#include <utility>

#include "events/invariant.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

/// The first whole second at or after the time: what is due then is over.
int64_t SecondOf(absl::Time deadline) {
  return absl::ToUnixSeconds(deadline + absl::Seconds(1) -
                             absl::Milliseconds(1));
}

RowKey ChunkOf(int64_t second, uint32_t entry) {
  return RowKey::Of(DueChunk{second, entry / kDuePerChunk});
}

}  // namespace

absl::Time NextDue(const Agenda& agenda) {
  return agenda.due.empty() ? absl::InfiniteFuture()
                            : absl::FromUnixSeconds(agenda.due.begin()->first);
}

RowKey DueKey(const Agenda& agenda, uint32_t ahead) {
  return ChunkOf(agenda.due.begin()->first, agenda.passed + ahead);
}

const DueEntry* FindDue(const State& state, uint32_t ahead) {
  const Agenda& agenda = state.head().agenda;
  const uint32_t entry = agenda.passed + ahead;
  if (entry >= agenda.due.begin()->second) return nullptr;
  const Due* chunk = state.dues().Find(DueKey(agenda, ahead));
  // Null where the store is damaged: the shard then drops what it decides.
  return chunk == nullptr ? nullptr : &chunk->entries[entry % kDuePerChunk];
}

void AddDue(absl::Time deadline, DueEntry entry, State& state) {
  const int64_t second = SecondOf(deadline);
  uint32_t& entries = state.head().agenda.due[second];
  state.dues()
      .Mutable(ChunkOf(second, entries))
      .entries.push_back(std::move(entry));
  ++entries;
}

void PassDue(uint32_t entries, State& state) {
  Agenda& agenda = state.head().agenda;
  INVARIANT(!agenda.due.empty(), "an agenda's step passes what is not there");
  const auto first = agenda.due.begin();
  const auto [second, all] = *first;
  const uint32_t before = agenda.passed;
  agenda.passed += entries;
  INVARIANT(agenda.passed <= all, "an agenda's step passes what is not there");
  const bool is_over = agenda.passed == all;
  // The chunks of which no entry is left.
  const uint32_t chunks = is_over ? (all + kDuePerChunk - 1) / kDuePerChunk
                                  : agenda.passed / kDuePerChunk;
  for (uint32_t chunk = before / kDuePerChunk; chunk < chunks; ++chunk) {
    state.dues().Erase(RowKey::Of(DueChunk{second, chunk}));
  }
  if (!is_over) return;
  agenda.due.erase(first);
  agenda.passed = 0;
}

bool IsDueFor(const DueEntry& entry, const DelayedMove& move) {
  return move.turn == entry.turn && move.citizen_id == entry.citizen_id &&
         move.campaign_id == entry.campaign_id;
}

// --- Waves ---

namespace {

/// Goes to the slot's latest seat; past the site's last slot: false.
bool BeginSlot(Wave& wave, const State& state) {
  std::string slot_id = wave.slot_id;
  if (slot_id.empty()) {
    const Site* site = state.sites().Find(RowKey::Of(SiteId{wave.site_id}));
    if (site == nullptr || wave.slot_index >= site->slot_ids.size()) {
      return false;
    }
    slot_id = site->slot_ids[wave.slot_index];
  }
  const Slot* slot =
      state.slots().Find(RowKey::Of(SiteId{wave.site_id}, SlotId{slot_id}));
  wave.next = slot == nullptr ? SeatNumber{} : slot->last_seat;
  return true;
}

/// Skips slots of which no seat was ever taken.
bool BeginNextWithSeats(Wave& wave, const State& state) {
  while (BeginSlot(wave, state)) {
    if (wave.next.value > 0) return true;
    if (!wave.slot_id.empty()) return false;
    ++wave.slot_index;
  }
  return false;
}

}  // namespace

WavePlace PlaceOf(const Wave& wave, const State& state) {
  WavePlace place{
      .site_id = wave.site_id, .slot_id = wave.slot_id, .seat = wave.next};
  if (!wave.slot_id.empty()) return place;
  // Missing where the store is damaged: the shard drops what it decides then.
  const Site* site = state.sites().Find(RowKey::Of(SiteId{wave.site_id}));
  if (site != nullptr) place.slot_id = site->slot_ids[wave.slot_index];
  return place;
}

void AddWave(Wave wave, State& state) {
  if (!BeginNextWithSeats(wave, state)) return;
  state.head().agenda.waves.push_back(std::move(wave));
}

void PassSeats(uint32_t seats, State& state) {
  std::vector<Wave>& waves = state.head().agenda.waves;
  INVARIANT(!waves.empty() && seats <= waves.front().next.value,
            "a wave's step passes seats that are not there");
  Wave& wave = waves.front();
  wave.next.value -= seats;
  if (wave.next.value > 0) return;
  if (wave.slot_id.empty()) {
    ++wave.slot_index;
    if (BeginNextWithSeats(wave, state)) return;
  }
  waves.erase(waves.begin());
}

}  // namespace slotlog
