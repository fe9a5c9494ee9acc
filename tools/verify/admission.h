// Whom a campaign admits when, told from the contract's words alone and not
// from the core. Thread-safe.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::verify {

/// What is known of a citizen who wished for a seat, and when.
struct Wisher {
  uint32_t birth_date_yyyymmdd = 0;
  std::string region;
  std::vector<std::string> priority_lists;
  uint32_t doses = 0;
  uint32_t last_dose_yyyymmdd = 0;
  int64_t asked_at_unix_ms = 0;

  static Wisher From(const v1::Profile& profile, int64_t asked_at_unix_ms);
  static Wisher From(const v1::Judged& judged, int64_t asked_at_unix_ms);
};

/// What keeps a wisher out of this cohort and round, in words; "" if nothing
/// does. The indexes need not be the campaign's.
std::string WhyNotAdmitted(const v1::Campaign& campaign, uint32_t cohort,
                           uint32_t round, const Wisher& wisher);

/// Does any cohort admit the wisher in any round?
bool IsAdmitted(const v1::Campaign& campaign, const Wisher& wisher);

}  // namespace slotlog::verify
