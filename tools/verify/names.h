// How offences name slots and seats. Pure.

#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace slotlog::verify {

inline std::string NameOfSlot(std::string_view slot, std::string_view site) {
  return fmt::format("slot {} of site {}", slot, site);
}
/// Of an event's body that names a slot.
template <typename Body>
std::string NameOfSlot(const Body& body) {
  return NameOfSlot(body.slot_id(), body.site_id());
}
/// Of one that names a seat.
template <typename Body>
std::string NameOfSeat(const Body& body) {
  return fmt::format("seat {} in {}", body.seat(), NameOfSlot(body));
}

}  // namespace slotlog::verify
