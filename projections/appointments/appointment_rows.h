// The keys of the appointments' rows (rows.proto). Thread-safe.

#pragma once

#include <string>
#include <string_view>

#include "projections/keys.h"

namespace slotlog {

inline std::string CitizenRowKey(std::string_view citizen_id) {
  return KeyWriter('c').Id(citizen_id).Take();
}
/// The prefix of all of the site's slots.
inline std::string SlotRowsKey(std::string_view site_id) {
  return KeyWriter('s').Id(site_id).Take();
}
inline std::string SlotRowKey(std::string_view site_id,
                              std::string_view slot_id) {
  return KeyWriter('s').Id(site_id).Id(slot_id).Take();
}
/// The prefix of all of the site's seats.
inline std::string SeatRowsKey(std::string_view site_id) {
  return KeyWriter('t').Id(site_id).Take();
}
inline std::string SeatRowKey(std::string_view site_id,
                              std::string_view slot_id, uint32_t seat) {
  return KeyWriter('t').Id(site_id).Id(slot_id).Of(SeatNumber{seat}).Take();
}

}  // namespace slotlog
