// A campaign as a row: who may book what, when, in as many versions as it was
// given. All of it is data; eligibility.h judges by it, supply.h counts by it.
//
// Values. A row belongs to its shard's thread, as all state does.

#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// A calendar date as its decimal digits: 19620712.
using Date = Number<struct DateTag, uint32_t>;

/// A campaign's definition, counted from 1 in its home shard.
using Version = Number<struct VersionTag, uint32_t>;

struct CohortRules {
  Date born_from;
  Date born_to;
  std::vector<std::string> regions;
  std::vector<std::string> priority_lists;
  uint32_t dose = 0;
  uint32_t days_since_last_dose_min = 0;
  uint32_t rank = 0;

  friend bool operator==(const CohortRules&, const CohortRules&) = default;
};

struct RoundRules {
  absl::Time opens;
  absl::Time closes;
  std::string opens_local;
  std::string closes_local;
  /// Bit d: those born on a day that ends in d. Bit i: cohort i.
  uint32_t birth_day_digits = 0;
  uint32_t cohorts = 0;
  uint32_t capacity_share_permille = 0;

  friend bool operator==(const RoundRules&, const RoundRules&) = default;
};

/// Where the next dose is booked, if a campaign is named.
struct NextDose {
  std::string campaign_id;
  uint32_t days_after = 0;
  v1::NextDoseBy by = v1::NEXT_DOSE_BY_UNSPECIFIED;

  friend bool operator==(const NextDose&, const NextDose&) = default;
};

/// What the operation says, ready to be judged by.
struct CampaignRules {
  std::string time_zone;
  int32_t utc_offset_minutes = 0;
  uint32_t dose = 0;
  std::vector<CohortRules> cohorts;
  std::vector<RoundRules> rounds;
  absl::Duration hold;
  v1::SecondHold second_hold = v1::SECOND_HOLD_UNSPECIFIED;
  absl::Duration offer;
  uint32_t chances = 0;
  uint32_t seats_per_site_and_day = 0;
  NextDose next;

  friend bool operator==(const CampaignRules&, const CampaignRules&) = default;
};

struct CampaignVersion {
  /// For commands asked from here on: as the operation states it (kept at home
  /// only), and as it is in this shard.
  absl::Time stated = absl::UnixEpoch();
  absl::Time effective = absl::UnixEpoch();
  CampaignRules rules;

  friend bool operator==(const CampaignVersion&,
                         const CampaignVersion&) = default;
};

/// A version on its way: the shards that have not answered yet, and the
/// operation to confirm when all have.
struct Announcement {
  Version version;
  std::vector<Shard> awaited;
  std::string operation_id;
  Offset operation_offset;

  friend bool operator==(const Announcement&, const Announcement&) = default;
};

struct Campaign {
  Shard home;
  /// Version 1 first. None is dropped: stamps of commands may go back, and so
  /// any of them may be asked for again (docs/adr/0008).
  std::vector<CampaignVersion> versions;
  /// The first version limits sites or days, so that seats are counted.
  bool counts_seats = false;
  /// At home only, while there are some.
  std::vector<Announcement> announcements;

  Version last_version() const {
    return Version{static_cast<uint32_t>(versions.size())};
  }
  /// REQUIRES: from 1 to the last.
  const CampaignVersion& at(Version version) const {
    return versions[version.value - 1];
  }
  friend bool operator==(const Campaign&, const Campaign&) = default;
};

}  // namespace slotlog
