#include "tests/simulation/oracle/waiting.h"

namespace slotlog::oracle {
namespace {

template <typename Visit>
void ForEachEvent(const std::vector<ShardRecord>& shards, const Visit& visit) {
  for (const ShardRecord& shard : shards) {
    for (const BatchRecord& record : shard.batches) {
      for (const v1::Event& event : record.batch.events()) visit(event);
    }
  }
}

}  // namespace

Joins JoinsIn(const std::vector<ShardRecord>& shards) {
  Joins joins;
  ForEachEvent(shards, [&](const v1::Event& event) {
    if (event.has_waitlist_asked()) {
      const v1::WaitlistAsked& asked = event.waitlist_asked();
      joins[AskerOf(asked)] = JoinOf(asked, "");
    }
    if (event.has_waiting() && !event.waiting().region().empty()) {
      const v1::Waiting& waiting = event.waiting();
      joins[AskerOf(waiting)] = JoinOf(waiting, waiting.region());
    }
  });
  return joins;
}

Offers OffersIn(const std::vector<ShardRecord>& shards) {
  Offers offers;
  ForEachEvent(shards, [&](const v1::Event& event) {
    if (!event.has_seat_offered()) return;
    const v1::SeatOffered& offered = event.seat_offered();
    offers[{.site_id = offered.site_id(),
            .slot_id = offered.slot_id(),
            .number = offered.seat()}] = {
        .to = AskerOf(offered), .next_dose_by = offered.next_dose_by()};
  });
  return offers;
}

std::vector<const v1::Campaign*> RulesBetween(const Campaign& campaign,
                                              int64_t earliest_unix_ms,
                                              int64_t latest_unix_ms) {
  std::vector<const v1::Campaign*> all = {&campaign.RulesAt(earliest_unix_ms)};
  for (const CampaignVersion& version : campaign.versions) {
    if (version.effective_unix_ms > earliest_unix_ms &&
        version.effective_unix_ms <= latest_unix_ms) {
      all.push_back(&version.rules);
    }
  }
  return all;
}

bool HasOffers(const v1::Campaign* rules) { return rules->offer_seconds() > 0; }

}  // namespace slotlog::oracle
