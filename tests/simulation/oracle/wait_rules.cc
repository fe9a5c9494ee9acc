#include "tests/simulation/oracle/wait_rules.h"

#include <algorithm>

namespace slotlog::oracle {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;

}  // namespace

void WaitRules::JudgeBefore(const v1::Event& event,
                            int64_t earliest_now_unix_ms,
                            int64_t latest_now_unix_ms) {
  earliest_now_unix_ms_ = earliest_now_unix_ms;
  latest_now_unix_ms_ = latest_now_unix_ms;
  if (event.has_waitlist_joined()) return Judge(event, event.waitlist_joined());
  if (event.has_seat_offered()) return Judge(event.seat_offered());
  if (event.has_search_passed()) return Judge(event.search_passed());
  if (event.has_seat_withdrawn()) return Judge(event.seat_withdrawn());
  if (event.has_dose_given()) return Note(event.dose_given());
}

void WaitRules::NoteAfter(const v1::Event& event) {
  if (event.has_seat_released()) {
    Free(event.seat_released().site_id(), event.seat_released().slot_id());
  }
  if (event.has_seat_moved()) {
    Free(event.seat_moved().site_id(), event.seat_moved().from_slot_id());
  }
  if (event.has_seats_swapped()) {
    const v1::SeatMoved& moved = event.seats_swapped().waiting();
    Free(moved.site_id(), moved.from_slot_id());
    Free(moved.site_id(), moved.slot_id());
  }
  if (event.has_seat_withdrawn()) {
    Free(event.seat_withdrawn().site_id(), event.seat_withdrawn().slot_id());
  }
  if (event.has_capacity_changed()) {
    Free(event.capacity_changed().site_id(),
         event.capacity_changed().slot_id());
  }
  for (const v1::Slot& slot : event.slots_opened().slots()) {
    Free(event.slots_opened().site_id(), slot.slot_id());
  }
}

// --- The lists ---

std::vector<WaitRules::ListName> WaitRules::ListsOf(
    const std::string& site_id, const std::string& slot_id) const {
  std::vector<ListName> all = {{site_id, slot_id}, {site_id, ""}};
  const auto site = sites_.find(site_id);
  if (site != sites_.end() && !site->second.definition.region().empty()) {
    all.emplace_back("", site->second.definition.region());
  }
  return all;
}

/// A seat may be free there: if somebody waits, it is on offer now.
void WaitRules::Free(const std::string& site_id, const std::string& slot_id) {
  const Slot* slot = FindSlot(sites_, site_id, slot_id);
  if (slot == nullptr || slot->is_closed || slot->IsFull()) return;
  for (const ListName& name : ListsOf(site_id, slot_id)) {
    const auto list = lists_.find(name);
    if (list == lists_.end() || list->second.empty()) continue;
    on_offer_.insert({site_id, slot_id});
  }
}

void WaitRules::Judge(const v1::Event& event,
                      const v1::WaitlistJoined& joined) {
  const auto asked = joins_.find(AskerOf(joined));
  const bool is_asked =
      asked != joins_.end() && asked->second == JoinOf(joined, joined.region());
  if (!is_asked || !joined_.insert(AskerOf(joined)).second) {
    findings_.Add("{} is put in a list that he did not join: {{{}}}",
                  joined.citizen_id(), joined.ShortDebugString());
  }
  ListName name{"", joined.region()};
  if (joined.region().empty()) {
    name = {joined.site_id(), joined.slot_id()};
    const auto site = sites_.find(joined.site_id());
    if (site == sites_.end() || site->second.is_closed) {
      findings_.Add("{} waits at a site that is not open", joined.citizen_id());
    }
    const Slot* slot = FindSlot(sites_, joined.site_id(), joined.slot_id());
    if (!joined.slot_id().empty() &&
        (slot == nullptr || slot->is_closed ||
         event.asked_at_unix_ms() >= slot->start_unix_ms ||
         (!slot->IsFull() && !IsOnOffer(name.first, name.second)))) {
      findings_.Add("{} waits for {}/{}, where nobody need wait",
                    joined.citizen_id(), name.first, name.second);
    }
  }
  lists_[name][{joined.order(), joined.campaign_id(), ++last_joined_}] = {
      .who = AskerOf(joined),
      .from_unix_ms = joined.from_unix_ms(),
      .to_unix_ms = joined.to_unix_ms()};
}

/// Whose appointment is taken back because there are fewer seats is the first
/// to be offered another one.
void WaitRules::Judge(const v1::SeatWithdrawn& withdrawn) {
  const Slot* slot = FindSlot(sites_, withdrawn.site_id(), withdrawn.slot_id());
  if (slot == nullptr || !slot->seats.contains(withdrawn.seat())) return;
  // A next dose's seat has no turn to wait under.
  const bool may_wait =
      withdrawn.seat_turn() != 0 &&
      withdrawn.reason() == v1::NOTICE_KIND_CAPACITY_LOWERED &&
      slot->seats.at(withdrawn.seat()).state == SeatState::kBooked;
  std::set<bool> right;
  for (const v1::Campaign* rules : RulesOf(withdrawn.campaign_id())) {
    right.insert(may_wait && rules->offer_seconds() > 0);
  }
  if (!right.contains(withdrawn.waits())) {
    findings_.Add("{} is {}put in a list when his seat is taken back",
                  withdrawn.citizen_id(), withdrawn.waits() ? "" : "not ");
  }
  if (!withdrawn.waits()) return;
  lists_[{withdrawn.site_id(), withdrawn.slot_id()}]
        [{0, withdrawn.campaign_id(), ++last_joined_}]
            .who = {withdrawn.citizen_id(), withdrawn.campaign_id(),
                    withdrawn.seat_turn()};
}

// --- Who may have what ---

std::vector<const v1::Campaign*> WaitRules::RulesOf(
    const std::string& campaign_id) const {
  const auto campaign = campaigns_.find(campaign_id);
  if (campaign == campaigns_.end()) return {};
  return RulesBetween(campaign->second, earliest_now_unix_ms_,
                      latest_now_unix_ms_);
}

/// By all rules that may count now.
bool WaitRules::MayTake(const std::string& campaign_id,
                        const std::string& site_id, const Slot& slot) const {
  const auto campaign = campaigns_.find(campaign_id);
  if (campaign == campaigns_.end()) return false;
  for (uint32_t version = 1; version <= campaign->second.versions.size();
       ++version) {
    const v1::Campaign* rules = &campaign->second.versions[version - 1].rules;
    const auto counting = RulesOf(campaign_id);
    if (std::find(counting.begin(), counting.end(), rules) == counting.end()) {
      continue;
    }
    const Request request{
        .version = version, .round = 0, .is_move = true, .from_slot_id = {}};
    if (!JudgeSupply(campaign->second, request, sites_.at(site_id), slot)
             .empty()) {
      return false;
    }
  }
  return true;
}

bool WaitRules::IsFor(const Waiter& waiter, const std::string& site_id,
                      const Slot& slot) const {
  const auto rules = RulesOf(std::get<1>(waiter.who));
  return std::all_of(rules.begin(), rules.end(), HasOffers) &&
         slot.start_unix_ms >= waiter.from_unix_ms &&
         (waiter.to_unix_ms == 0 || slot.start_unix_ms < waiter.to_unix_ms) &&
         MayTake(std::get<1>(waiter.who), site_id, slot);
}

// --- Offers ---

void WaitRules::CheckSlot(const v1::SeatOffered& offered, const Slot& slot) {
  if (slot.is_closed || slot.IsFull() ||
      earliest_now_unix_ms_ >= slot.start_unix_ms) {
    findings_.Add("a seat of {}/{} is offered that is not free",
                  offered.site_id(), offered.slot_id());
  }
  const auto campaign = campaigns_.find(offered.campaign_id());
  if (campaign == campaigns_.end()) {
    return findings_.Add("a seat is offered for {}, which is not known",
                         offered.campaign_id());
  }
  const bool is_counted = campaign->second.CountsSeats();
  if (offered.is_counted() != is_counted) {
    findings_.Add("the seat offered to {} is counted otherwise",
                  offered.citizen_id());
  }
  if (!is_counted) return;
  const uint32_t version = offered.campaign_version();
  if (version < campaign->second.VersionAt(earliest_now_unix_ms_) ||
      version > campaign->second.VersionAt(latest_now_unix_ms_)) {
    return findings_.Add("{} is offered a seat by rules of another time",
                         offered.citizen_id());
  }
  const Request request{
      .version = version, .round = 0, .is_move = true, .from_slot_id = {}};
  for (const v1::Refusal reason : JudgeSupply(
           campaign->second, request, sites_.at(offered.site_id()), slot)) {
    findings_.Add("{} is offered a seat in spite of {}", offered.citizen_id(),
                  v1::Refusal_Name(reason));
  }
}

void WaitRules::Judge(const v1::SeatOffered& offered) {
  const Slot* slot = FindSlot(sites_, offered.site_id(), offered.slot_id());
  if (slot == nullptr) {
    return findings_.Add("a seat of {}/{}, which is not, is offered",
                         offered.site_id(), offered.slot_id());
  }
  CheckSlot(offered, *slot);
  if (offered.next_dose_by() == v1::NEXT_DOSE_BY_UNSPECIFIED) {
    OfferToWaiter(offered, *slot);
  } else {
    OfferNextDose(offered, *slot);
  }
}

void WaitRules::OfferToWaiter(const v1::SeatOffered& offered,
                              const Slot& slot) {
  const auto rules = RulesOf(offered.campaign_id());
  if (std::none_of(rules.begin(), rules.end(), HasOffers)) {
    findings_.Add("{} is offered a seat for no time", offered.citizen_id());
  }
  if (!IsOnOffer(offered.site_id(), offered.slot_id()) || !offered.hold()) {
    findings_.Add("{} is offered a seat that is not on offer",
                  offered.citizen_id());
  }
  const auto names = ListsOf(offered.site_id(), offered.slot_id());
  for (size_t i = 0; i < names.size(); ++i) {
    List& list = lists_[names[i]];
    for (auto next = list.begin(); next != list.end(); ++next) {
      const Waiter& waiter = next->second;
      if (i == offered.place().list() && waiter.who == AskerOf(offered)) {
        if (std::get<0>(next->first) != offered.place().order() ||
            slot.start_unix_ms < waiter.from_unix_ms ||
            (waiter.to_unix_ms != 0 &&
             slot.start_unix_ms >= waiter.to_unix_ms)) {
          findings_.Add("{} is offered what he does not wait for",
                        offered.citizen_id());
        }
        list.erase(next);
        return;
      }
      if (!IsFor(waiter, offered.site_id(), slot)) continue;
      return findings_.Add("{} is offered a seat of {}/{} before {}",
                           offered.citizen_id(), offered.site_id(),
                           offered.slot_id(), std::get<0>(waiter.who));
    }
  }
  findings_.Add("{} is offered a seat of {}/{} and waits in no list of it",
                offered.citizen_id(), offered.site_id(), offered.slot_id());
}

void WaitRules::Judge(const v1::SearchPassed& passed) {
  if (!passed.is_over()) return;
  if (passed.slot_id().empty()) {
    if (next_doses_.empty()) {
      return findings_.Add("a search ends that did not begin");
    }
    const NextDoseSearch search = next_doses_.front();
    next_doses_.pop_front();
    if (search.may_be_none) ++doubtful_ends_;
    if (search.by.size() != 1 || search.may_be_none) return;
    for (const auto& [slot_id, slot] : sites_[search.site_id].slots) {
      if (!IsForNextDose(search, search.by[0], slot_id, slot)) continue;
      findings_.Add("{} is not offered {}/{} for his next dose",
                    search.citizen_id, search.site_id, slot_id);
    }
    return;
  }
  if (on_offer_.erase({passed.site_id(), passed.slot_id()}) == 0) return;
  const Slot* slot = FindSlot(sites_, passed.site_id(), passed.slot_id());
  if (slot == nullptr || slot->is_closed || slot->IsFull() ||
      latest_now_unix_ms_ >= slot->start_unix_ms) {
    return;
  }
  for (const ListName& name : ListsOf(passed.site_id(), passed.slot_id())) {
    for (const auto& [place, waiter] : lists_[name]) {
      if (!IsFor(waiter, passed.site_id(), *slot)) continue;
      findings_.Add("a seat of {}/{} is free, and {} waits and is passed over",
                    passed.site_id(), passed.slot_id(),
                    std::get<0>(waiter.who));
    }
  }
}

// --- The next dose ---

void WaitRules::Note(const v1::DoseGiven& given) {
  const Slot* slot = FindSlot(sites_, given.site_id(), given.slot_id());
  if (slot == nullptr) return;
  NextDoseSearch search{.citizen_id = given.citizen_id(),
                        .site_id = given.site_id(),
                        .by = {},
                        .may_be_none = false};
  for (const v1::Campaign* rules : RulesOf(given.campaign_id())) {
    const v1::NextDose& next = rules->next();
    const auto offers = RulesOf(next.campaign_id());
    const bool has_time = std::any_of(offers.begin(), offers.end(), HasOffers);
    const bool has_always_time =
        std::all_of(offers.begin(), offers.end(), HasOffers);
    const bool is_booked = next.by() == v1::NEXT_DOSE_BY_BOOKED;
    const bool is_none = offers.empty() || (!is_booked && !has_time);
    search.may_be_none =
        search.may_be_none || is_none || (!is_booked && !has_always_time);
    if (is_none) continue;
    // From the beginning of the day there, so many days later.
    const int64_t offset_ms = int64_t{rules->utc_offset_minutes()} * 60'000;
    const int64_t day = (slot->start_unix_ms + offset_ms) / kDayMs;
    search.by.push_back({next, (day + next.days_after()) * kDayMs - offset_ms});
  }
  if (!search.by.empty()) next_doses_.push_back(std::move(search));
}

bool WaitRules::IsForNextDose(const NextDoseSearch& search,
                              const NextDoseRule& rule,
                              const std::string& slot_id,
                              const Slot& slot) const {
  return !slot.is_closed && !slot.IsFull() &&
         !IsOnOffer(search.site_id, slot_id) &&
         latest_now_unix_ms_ < slot.start_unix_ms &&
         slot.start_unix_ms >= rule.not_before_unix_ms &&
         MayTake(rule.next.campaign_id(), search.site_id, slot);
}

void WaitRules::OfferNextDose(const v1::SeatOffered& offered,
                              const Slot& slot) {
  while (!next_doses_.empty() &&
         next_doses_.front().citizen_id != offered.citizen_id() &&
         (next_doses_.front().may_be_none || doubtful_ends_ > 0)) {
    if (!next_doses_.front().may_be_none) --doubtful_ends_;
    next_doses_.pop_front();
  }
  const auto is_it = [&](const NextDoseRule& rule) {
    return rule.next.campaign_id() == offered.campaign_id() &&
           rule.next.by() == offered.next_dose_by() &&
           slot.start_unix_ms >= rule.not_before_unix_ms;
  };
  if (next_doses_.empty() ||
      next_doses_.front().citizen_id != offered.citizen_id() ||
      next_doses_.front().site_id != offered.site_id() ||
      std::none_of(next_doses_.front().by.begin(), next_doses_.front().by.end(),
                   is_it)) {
    return findings_.Add("{} is offered a next dose that is not his: {{{}}}",
                         offered.citizen_id(), offered.ShortDebugString());
  }
  const NextDoseSearch search = next_doses_.front();
  next_doses_.pop_front();
  if (offered.turn() != 0 || !offered.hold() ||
      IsOnOffer(offered.site_id(), offered.slot_id())) {
    findings_.Add("{}'s next dose is offered otherwise", offered.citizen_id());
  }
  for (const auto& [slot_id, other] : sites_[search.site_id].slots) {
    if (other.start_unix_ms >= slot.start_unix_ms || search.by.size() != 1 ||
        !IsForNextDose(search, search.by[0], slot_id, other)) {
      continue;
    }
    findings_.Add("{} is offered {} for his next dose, and {} is earlier",
                  offered.citizen_id(), offered.slot_id(), slot_id);
  }
}

void WaitRules::CheckAtRest() const {
  for (const auto& [site_id, slot_id] : on_offer_) {
    findings_.Add("{}/{} is on offer for ever", site_id, slot_id);
  }
  uint64_t doubtful = doubtful_ends_;
  for (const NextDoseSearch& search : next_doses_) {
    if (search.may_be_none) continue;
    if (doubtful > 0) {
      --doubtful;
      continue;
    }
    findings_.Add("{}'s next dose is looked for for ever", search.citizen_id);
  }
}

}  // namespace slotlog::oracle
