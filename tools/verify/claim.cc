#include "tools/verify/claim.h"

namespace slotlog::verify {

std::string_view NameOf(ClaimState state) {
  switch (state) {
    case ClaimState::kIdle:
      return "idle";
    case ClaimState::kAsked:
      return "asked";
    case ClaimState::kHeld:
      return "held";
    case ClaimState::kBooked:
      return "booked";
    case ClaimState::kReleasing:
      return "releasing";
    case ClaimState::kMoving:
      return "moving";
    case ClaimState::kLeaving:
      return "leaving the old seat";
    case ClaimState::kReturning:
      return "returning the new seat";
    case ClaimState::kFulfilled:
      return "fulfilled";
  }
  return "";
}

bool Claim::IsOpen() const {
  switch (state) {
    case ClaimState::kAsked:
    case ClaimState::kReleasing:
    case ClaimState::kMoving:
    case ClaimState::kLeaving:
    case ClaimState::kReturning:
      return true;
    case ClaimState::kIdle:
    case ClaimState::kHeld:
    case ClaimState::kBooked:
    case ClaimState::kFulfilled:
      return false;
  }
  return false;
}

}  // namespace slotlog::verify
