// Who waits for which seats, as the citizens' shards say: what somebody joined
// a waitlist for. And the seats that slots' shards offered, as they say. Both
// are read before any event is judged, so that each side can be judged by what
// the other said.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "slotlog/v1/operations.pb.h"
#include "tests/simulation/oracle/record.h"
#include "tests/simulation/oracle/sites.h"
#include "tests/simulation/oracle/supply.h"

namespace slotlog::oracle {

/// What somebody waits for: a slot, a site or a region.
struct Join {
  std::string site_id;
  std::string slot_id;
  std::string region;
  int64_t from_unix_ms = 0;
  /// 0: without end.
  int64_t to_unix_ms = 0;
  uint32_t order = 0;

  friend bool operator==(const Join&, const Join&) = default;
};

/// An event's words for it.
template <typename Body>
Join JoinOf(const Body& body, const std::string& region) {
  return {.site_id = body.site_id(),
          .slot_id = body.slot_id(),
          .region = region,
          .from_unix_ms = body.from_unix_ms(),
          .to_unix_ms = body.to_unix_ms(),
          .order = body.order()};
}

/// An offered seat, and to whom under which turn; 0: for the next dose.
struct Offer {
  Asker to;
  v1::NextDoseBy next_dose_by = v1::NEXT_DOSE_BY_UNSPECIFIED;
};

using Joins = std::map<Asker, Join>;
using Offers = std::map<SeatName, Offer>;

Joins JoinsIn(const std::vector<ShardRecord>& shards);
Offers OffersIn(const std::vector<ShardRecord>& shards);

/// The campaign's rules that may count at an event: the line's time lies
/// between these two.
std::vector<const v1::Campaign*> RulesBetween(const Campaign& campaign,
                                              int64_t earliest_unix_ms,
                                              int64_t latest_unix_ms);

/// Does a seat offered by these rules last for any time?
bool HasOffers(const v1::Campaign* rules);

}  // namespace slotlog::oracle
