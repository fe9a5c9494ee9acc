// Who sent a request, once a guard has found out: a name for limits and logs,
// and the roles that it was given. Without guards nobody is asked.
//
// Threads: values, shared by pointer, never changed.

#pragma once

#include <cstdint>
#include <string>

namespace slotlog::http {

/// Bits, so that a caller may have several.
enum class Role : uint8_t {
  /// Sends commands of citizens and sees what is theirs.
  kCitizenPortal = 1,
  /// Sends operations.
  kOperator = 2,
  /// Sees demand.
  kAnalyst = 4,
};

struct Caller {
  std::string name;
  /// Of Role.
  uint8_t roles = 0;

  bool Has(Role role) const {
    return (roles & static_cast<uint8_t>(role)) != 0;
  }
};

}  // namespace slotlog::http
