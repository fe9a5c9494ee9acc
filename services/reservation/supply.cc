#include "services/reservation/supply.h"

#include <algorithm>

#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr int64_t kWhole = 1000;  // permille

/// Is the share taken up? A whole one is no limit: seats of closed slots are
/// taken, but no longer capacity.
bool IsShareTaken(int64_t taken, int64_t capacity, int64_t share_permille) {
  if (share_permille == 0 || share_permille == kWhole) return false;
  return taken >= (capacity * share_permille + kWhole - 1) / kWhole;
}

/// The day's place among the days, which are in order.
template <typename Days>
auto PlaceOf(Date day, Days& days) {
  return std::lower_bound(
      days.begin(), days.end(), day,
      [](const DayUse& use, Date wanted) { return use.day < wanted; });
}

int32_t TakenOn(Date day, const SiteUse& use) {
  const auto found = PlaceOf(day, use.days);
  return found == use.days.end() || found->day != day ? 0 : found->taken;
}

/// By which the citizen was judged. Null only where an owner that was fenced
/// reads on: its successor knows more than it does.
template <typename Request>
const CampaignRules* FindRules(const State& state, const Request& request) {
  const Campaign* campaign =
      state.campaigns().Find(RowKey::Of(CampaignId{request.campaign_id()}));
  const Version version{request.campaign_version()};
  if (campaign == nullptr || version > campaign->last_version()) return nullptr;
  return &campaign->at(version).rules;
}

template <typename Request>
const SiteUse& UseOf(const State& state, const Request& request) {
  static const SiteUse kUnused;
  const SiteUse* use = state.site_uses().Find(
      RowKey::Of(SiteId{request.site_id()}, CampaignId{request.campaign_id()}));
  return use == nullptr ? kUnused : *use;
}

v1::Refusal JudgeDay(const CampaignRules& rules, const SiteUse& use,
                     const Slot& slot) {
  const int64_t limit = rules.seats_per_site_and_day;
  if (limit == 0) return v1::REFUSAL_UNSPECIFIED;
  if (slot.day == Date{0}) return v1::REFUSAL_SLOT_WITHOUT_DAY;
  return TakenOn(slot.day, use) >= limit ? v1::REFUSAL_DAY_LIMIT_REACHED
                                         : v1::REFUSAL_UNSPECIFIED;
}

}  // namespace

v1::Refusal JudgeSupply(const State& state, const v1::SeatRequest& request,
                        const Slot& slot) {
  if (!request.is_counted()) return v1::REFUSAL_UNSPECIFIED;
  const CampaignRules* rules = FindRules(state, request);
  if (rules == nullptr) return v1::REFUSAL_CAMPAIGN_UNKNOWN;
  const SiteUse& use = UseOf(state, request);
  const Site* site = state.sites().Find(RowKey::Of(SiteId{request.site_id()}));
  INVARIANT(site != nullptr, "a slot stands at no site");
  if (!request.is_move() &&
      IsShareTaken(use.taken, site->open_capacity,
                   rules->rounds[request.round()].capacity_share_permille)) {
    return v1::REFUSAL_ROUND_SHARE_TAKEN;
  }
  return JudgeDay(*rules, use, slot);
}

v1::Refusal JudgeSupply(const State& state, const v1::MoveRequest& request,
                        const Slot& slot) {
  if (!request.is_counted()) return v1::REFUSAL_UNSPECIFIED;
  const Slot* from = state.slots().Find(
      RowKey::Of(SiteId{request.site_id()}, SlotId{request.from_slot_id()}));
  INVARIANT(from != nullptr, "a seat stands in no slot");
  if (from->day == slot.day) return v1::REFUSAL_UNSPECIFIED;
  const CampaignRules* rules = FindRules(state, request);
  return rules == nullptr ? v1::REFUSAL_CAMPAIGN_UNKNOWN
                          : JudgeDay(*rules, UseOf(state, request), slot);
}

bool CountsSeats(const State& state, CampaignId campaign) {
  const Campaign* known = state.campaigns().Find(RowKey::Of(campaign));
  return known != nullptr && known->counts_seats;
}

void CountSeat(SiteId site, CampaignId campaign, Date day, int32_t more,
               State& state) {
  SiteUse& use = state.site_uses().Mutable(RowKey::Of(site, campaign));
  use.taken += more;
  auto place = PlaceOf(day, use.days);
  if (place == use.days.end() || place->day != day) {
    place = use.days.insert(place, {.day = day, .taken = 0});
  }
  place->taken += more;
  if (place->taken == 0) use.days.erase(place);
}

}  // namespace slotlog
