#include "tests/simulation/oracle/supply.h"

namespace slotlog::oracle {
namespace {

/// Seats that this campaign has at the site; on one day, if one is named.
int64_t TakenBy(const std::string& campaign_id, const Site& site,
                uint32_t day_yyyymmdd = 0) {
  int64_t taken = 0;
  for (const auto& [slot_id, slot] : site.slots) {
    if (day_yyyymmdd != 0 && slot.day_yyyymmdd != day_yyyymmdd) continue;
    for (const auto& [number, seat] : slot.seats) {
      if (seat.IsTaken() && seat.campaign_id == campaign_id) ++taken;
    }
  }
  return taken;
}

int64_t OpenCapacity(const Site& site) {
  int64_t capacity = 0;
  for (const auto& [slot_id, slot] : site.slots) {
    if (!slot.is_closed) capacity += slot.capacity;
  }
  return capacity;
}

}  // namespace

Requests RequestsIn(const std::vector<ShardRecord>& shards) {
  Requests requests;
  for (const ShardRecord& shard : shards) {
    for (const BatchRecord& record : shard.batches) {
      for (const v1::Event& event : record.batch.events()) {
        if (event.has_seat_asked()) {
          const v1::SeatAsked& asked = event.seat_asked();
          requests[AskerOf(asked)] = {
              .version = asked.judged().campaign_version(),
              .round = asked.judged().round(),
              .is_move = false,
              .from_slot_id = {}};
        }
        if (!event.has_move_asked()) continue;
        const v1::MoveAsked& asked = event.move_asked();
        const bool is_within_site = asked.site_id() == asked.from_site_id();
        requests[AskerOf(asked)] = {
            .version = asked.judged().campaign_version(),
            .round = asked.judged().round(),
            .is_move =
                is_within_site || asked.wanted() == v1::OUTCOME_RESCHEDULED,
            .from_slot_id = is_within_site ? asked.from_slot_id() : ""};
      }
    }
  }
  return requests;
}

std::set<v1::Refusal> JudgeSupply(const Campaign& campaign,
                                  const Request& request, const Site& site,
                                  const Slot& slot) {
  if (!campaign.CountsSeats()) return {};
  std::set<v1::Refusal> reasons;
  const v1::Campaign& rules = campaign.versions[request.version - 1].rules;
  const std::string& id = rules.campaign_id();
  const int64_t share =
      rules.rounds(static_cast<int>(request.round)).capacity_share_permille();
  const bool is_limited = share != 0 && share != 1000 && !request.is_move;
  if (is_limited && TakenBy(id, site) * 1000 >= OpenCapacity(site) * share) {
    reasons.insert(v1::REFUSAL_ROUND_SHARE_TAKEN);
  }
  const int64_t day_limit = rules.seats_per_site_and_day();
  const auto from = site.slots.find(request.from_slot_id);
  const bool stays_on_day = from != site.slots.end() &&
                            from->second.day_yyyymmdd == slot.day_yyyymmdd;
  if (day_limit == 0 || stays_on_day) return reasons;
  if (slot.day_yyyymmdd == 0) {
    reasons.insert(v1::REFUSAL_SLOT_WITHOUT_DAY);
  } else if (TakenBy(id, site, slot.day_yyyymmdd) >= day_limit) {
    reasons.insert(v1::REFUSAL_DAY_LIMIT_REACHED);
  }
  return reasons;
}

}  // namespace slotlog::oracle
