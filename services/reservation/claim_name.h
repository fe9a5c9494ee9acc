// Whose claim an event may have left free for what is parked behind it.

#pragma once

#include <string_view>

#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// Citizen and campaign of an event after which parked commands may be decided.
struct ClaimName {
  std::string_view citizen_id;
  std::string_view campaign_id;
};

/// Empty: no claim's parked commands and offers are decided after this event.
/// Good for as long as the event.
ClaimName ClaimNamedBy(const v1::Event& event);

}  // namespace slotlog
