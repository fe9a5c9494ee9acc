// How much of a site a campaign may take: counted anew for every question, seat
// by seat.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/record.h"
#include "tests/simulation/oracle/sites.h"

namespace slotlog::oracle {

/// By what a citizen's shard judged who asks for a seat.
struct Request {
  uint32_t version = 0;
  uint32_t round = 0;
  /// Is it an appointment that moves? Then the share of the round is not looked
  /// at.
  bool is_move = false;
  /// The slot that is left, where that is at the same site.
  std::string from_slot_id;
};

/// By citizen, campaign and turn.
using Asker = std::tuple<std::string, std::string, uint32_t>;
using Requests = std::map<Asker, Request>;

Requests RequestsIn(const std::vector<ShardRecord>& shards);

/// Who asks, as an event names him.
template <typename Body>
Asker AskerOf(const Body& body) {
  return {body.citizen_id(), body.campaign_id(), body.turn()};
}

/// Every true reason why the campaign may not take a seat of this slot.
std::set<v1::Refusal> JudgeSupply(const Campaign& campaign,
                                  const Request& request, const Site& site,
                                  const Slot& slot);

}  // namespace slotlog::oracle
