// What a slot may do: give out a seat only where one is free, and refuse one
// only where none is; take back only for a reason; let nobody sit on two
// chairs. Each event is judged against the slot as the events before it left
// it, and what a campaign may take of a site by supply.h.

#pragma once

#include <set>
#include <string>

#include "slotlog/v1/events.pb.h"
#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/sites.h"
#include "tests/simulation/oracle/supply.h"
#include "tests/simulation/oracle/wait_rules.h"

namespace slotlog::oracle {

class SeatRules {
 public:
  SeatRules(const Requests& requests, const Campaigns& campaigns, Sites& sites,
            const WaitRules& waits, Findings& findings)
      : requests_(requests),
        campaigns_(campaigns),
        sites_(sites),
        waits_(waits),
        findings_(findings) {}

  /// The line's time is that of the batch before at least, and at most that of
  /// the event's own.
  void Judge(const v1::Event& event, int64_t earliest_now_unix_ms,
             int64_t latest_now_unix_ms);

  /// Nothing is in flight: no move waits, and nothing is left to take back.
  void CheckAtRest();

 private:
  void Judge(const v1::Event& event, const v1::SeatTaken& taken);
  void Judge(const v1::SeatOffered& offered);
  void Judge(const v1::Event& event, const v1::SeatRefused& refused);
  void Judge(const v1::Event& event, const v1::MoveDelayed& delayed);
  void Judge(const v1::Event& event, const v1::SeatMoved& moved);
  void Judge(const v1::SeatsSwapped& swapped);
  void Judge(const v1::SeatReleased& released);
  void Judge(const v1::SeatConfirmed& confirmed);
  void Judge(const v1::SeatWithdrawn& withdrawn);
  void Judge(const v1::SeatMissed& missed);

  /// Is the slot there, open, not begun when it was asked for and not long over
  /// now?
  Slot* FindOpenSlot(const v1::Event& event, const std::string& site_id,
                     const std::string& slot_id);
  /// Why the campaign may not take this seat, if it may not.
  template <typename Body>
  std::set<v1::Refusal> ReasonsAgainst(const Body& asked) const;
  /// A seat is given out, or will be when there is one.
  template <typename Body>
  void CheckSupply(const Body& taken);
  /// What is free is for those who wait.
  template <typename Body>
  void CheckNotOnOffer(const Body& taken);
  template <typename Body>
  void Put(Slot& slot, const Body& taken);
  template <typename Body>
  void GiveUp(const Body& moved);
  /// The seat named, if it is this citizen's.
  template <typename Body>
  Seat* Find(const Body& body, const std::string& slot_id, uint32_t number,
             uint32_t turn);
  void CheckRefusal(const v1::Event& event, const v1::SeatRefused& refused);

  const Requests& requests_;
  const Campaigns& campaigns_;
  Sites& sites_;
  const WaitRules& waits_;
  Findings& findings_;
  std::set<Asker> delayed_;
  /// At the event that is being judged.
  int64_t earliest_now_unix_ms_ = 0;
  int64_t latest_now_unix_ms_ = 0;
};

}  // namespace slotlog::oracle
