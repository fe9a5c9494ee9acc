// What a slot's shard may do with those who wait: offer a free seat to the one
// whose turn it is, by the order of the lists; give out nothing else meanwhile;
// and look for somebody's next dose where and when his campaign says.
//
// In a list, the lower order comes first, then the campaigns by name, then
// whoever joined first. A slot is offered to those who wait for it, then to
// those of its site, then of its region.

#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "slotlog/v1/events.pb.h"
#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/sites.h"
#include "tests/simulation/oracle/waiting.h"

namespace slotlog::oracle {

class WaitRules {
 public:
  WaitRules(const Joins& joins, const Campaigns& campaigns, Sites& sites,
            Findings& findings)
      : joins_(joins),
        campaigns_(campaigns),
        sites_(sites),
        findings_(findings) {}

  /// Before the event's seats change, and after they have. The line's time is
  /// between these two.
  void JudgeBefore(const v1::Event& event, int64_t earliest_now_unix_ms,
                   int64_t latest_now_unix_ms);
  void NoteAfter(const v1::Event& event);

  /// Is what is free there being offered to those who wait?
  bool IsOnOffer(const std::string& site_id, const std::string& slot_id) const {
    return on_offer_.contains({site_id, slot_id});
  }

  /// Nothing is in flight: nobody is being looked for any more.
  void CheckAtRest() const;
  /// Who has joined a list of this shard.
  const std::set<Asker>& joined() const { return joined_; }

 private:
  /// A site and a slot of it, a site and "", or "" and a region.
  using ListName = std::pair<std::string, std::string>;
  /// Order, campaign and when he joined.
  using Place = std::tuple<uint32_t, std::string, uint64_t>;
  struct Waiter {
    Asker who;
    int64_t from_unix_ms = 0;
    int64_t to_unix_ms = 0;
  };
  using List = std::map<Place, Waiter>;

  struct NextDoseRule {
    v1::NextDose next;
    int64_t not_before_unix_ms;
  };
  struct NextDoseSearch {
    std::string citizen_id;
    std::string site_id;
    /// By the rules that may have counted; one may look for nothing.
    std::vector<NextDoseRule> by;
    bool may_be_none = false;
  };

  void Judge(const v1::Event& event, const v1::WaitlistJoined& joined);
  void Judge(const v1::SeatOffered& offered);
  void Judge(const v1::SearchPassed& passed);
  void Judge(const v1::SeatWithdrawn& withdrawn);
  void Note(const v1::DoseGiven& given);
  void CheckSlot(const v1::SeatOffered& offered, const Slot& slot);
  void OfferToWaiter(const v1::SeatOffered& offered, const Slot& slot);
  void OfferNextDose(const v1::SeatOffered& offered, const Slot& slot);

  /// The lists that the slot is offered to, in their order.
  std::vector<ListName> ListsOf(const std::string& site_id,
                                const std::string& slot_id) const;
  void Free(const std::string& site_id, const std::string& slot_id);
  /// Has he certainly a right to a seat of this slot now?
  bool IsFor(const Waiter& waiter, const std::string& site_id,
             const Slot& slot) const;
  bool MayTake(const std::string& campaign_id, const std::string& site_id,
               const Slot& slot) const;
  bool IsForNextDose(const NextDoseSearch& search, const NextDoseRule& rule,
                     const std::string& slot_id, const Slot& slot) const;
  std::vector<const v1::Campaign*> RulesOf(
      const std::string& campaign_id) const;

  const Joins& joins_;
  const Campaigns& campaigns_;
  Sites& sites_;
  Findings& findings_;
  std::map<ListName, List> lists_;
  uint64_t last_joined_ = 0;
  std::set<Asker> joined_;
  std::set<std::pair<std::string, std::string>> on_offer_;
  std::deque<NextDoseSearch> next_doses_;
  /// Searches that ended and may have been those of doses after them.
  uint64_t doubtful_ends_ = 0;
  /// At the event that is being judged.
  int64_t earliest_now_unix_ms_ = 0;
  int64_t latest_now_unix_ms_ = 0;
};

}  // namespace slotlog::oracle
