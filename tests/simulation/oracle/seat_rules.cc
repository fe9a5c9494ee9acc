#include "tests/simulation/oracle/seat_rules.h"

namespace slotlog::oracle {
namespace {

/// Who has not come so long after the slot's end has missed it.
constexpr int64_t kMissedAfterMs = int64_t{4} * 60 * 60 * 1000;

}  // namespace

void SeatRules::Judge(const v1::Event& event, int64_t earliest_now_unix_ms,
                      int64_t latest_now_unix_ms) {
  earliest_now_unix_ms_ = earliest_now_unix_ms;
  latest_now_unix_ms_ = latest_now_unix_ms;
  if (event.has_seat_taken()) return Judge(event, event.seat_taken());
  if (event.has_seat_offered()) return Judge(event.seat_offered());
  if (event.has_seat_refused()) return Judge(event, event.seat_refused());
  if (event.has_move_delayed()) return Judge(event, event.move_delayed());
  if (event.has_seat_moved()) return Judge(event, event.seat_moved());
  if (event.has_seats_swapped()) return Judge(event.seats_swapped());
  if (event.has_seat_released()) return Judge(event.seat_released());
  if (event.has_seat_confirmed()) return Judge(event.seat_confirmed());
  if (event.has_seat_withdrawn()) return Judge(event.seat_withdrawn());
  if (event.has_seat_missed()) return Judge(event.seat_missed());
}

Slot* SeatRules::FindOpenSlot(const v1::Event& event,
                              const std::string& site_id,
                              const std::string& slot_id) {
  Slot* slot = FindSlot(sites_, site_id, slot_id);
  if (slot == nullptr) {
    findings_.Add("a seat of {}/{}, which is not", site_id, slot_id);
    return nullptr;
  }
  if (slot->is_closed) {
    findings_.Add("a seat of {}/{}, which is closed", site_id, slot_id);
  }
  if (event.asked_at_unix_ms() >= slot->start_unix_ms) {
    findings_.Add("a seat of {}/{}, asked for after it began", site_id,
                  slot_id);
  }
  if (earliest_now_unix_ms_ >= slot->end_unix_ms + kMissedAfterMs) {
    findings_.Add("a seat of {}/{}, which is over", site_id, slot_id);
  }
  return slot;
}

template <typename Body>
std::set<v1::Refusal> SeatRules::ReasonsAgainst(const Body& asked) const {
  const auto request = requests_.find(AskerOf(asked));
  const auto campaign = campaigns_.find(asked.campaign_id());
  const auto site = sites_.find(asked.site_id());
  const Slot* slot = FindSlot(sites_, asked.site_id(), asked.slot_id());
  if (request == requests_.end() || campaign == campaigns_.end() ||
      slot == nullptr) {
    return {};
  }
  return JudgeSupply(campaign->second, request->second, site->second, *slot);
}

template <typename Body>
void SeatRules::CheckSupply(const Body& taken) {
  if (!requests_.contains(AskerOf(taken))) {
    findings_.Add("a seat for {}, who did not ask", taken.citizen_id());
  }
  for (const v1::Refusal reason : ReasonsAgainst(taken)) {
    findings_.Add("{} gets a seat of {}/{} in spite of {}", taken.citizen_id(),
                  taken.site_id(), taken.slot_id(), v1::Refusal_Name(reason));
  }
}

template <typename Body>
void SeatRules::CheckNotOnOffer(const Body& taken) {
  if (!waits_.IsOnOffer(taken.site_id(), taken.slot_id())) return;
  findings_.Add("{} gets a seat of {}/{} while it is on offer",
                taken.citizen_id(), taken.site_id(), taken.slot_id());
}

template <typename Body>
void SeatRules::Put(Slot& slot, const Body& taken) {
  const bool is_new =
      slot.seats.empty() || slot.seats.rbegin()->first < taken.seat();
  if (!is_new) {
    findings_.Add("seat {} of {}/{} is given out twice", taken.seat(),
                  taken.site_id(), taken.slot_id());
  }
  Seat& seat = slot.seats[taken.seat()];
  seat.citizen_id = taken.citizen_id();
  seat.campaign_id = taken.campaign_id();
  seat.turn = taken.turn();
  seat.state = taken.hold() ? SeatState::kHeld : SeatState::kBooked;
}

template <typename Body>
Seat* SeatRules::Find(const Body& body, const std::string& slot_id,
                      uint32_t number, uint32_t turn) {
  Slot* slot = FindSlot(sites_, body.site_id(), slot_id);
  const auto seat = slot == nullptr ? std::map<uint32_t, Seat>::iterator()
                                    : slot->seats.find(number);
  const bool is_there = slot != nullptr && seat != slot->seats.end() &&
                        seat->second.IsTaken() &&
                        seat->second.citizen_id == body.citizen_id() &&
                        seat->second.campaign_id == body.campaign_id() &&
                        seat->second.turn == turn;
  if (is_there) return &seat->second;
  findings_.Add("seat {} of {}/{} is not {}'s", number, body.site_id(), slot_id,
                body.citizen_id());
  return nullptr;
}

void SeatRules::Judge(const v1::Event& event, const v1::SeatTaken& taken) {
  Slot* slot = FindOpenSlot(event, taken.site_id(), taken.slot_id());
  if (slot == nullptr) return;
  if (slot->IsFull()) {
    findings_.Add("{}/{} is oversold: {} of {} seats were taken",
                  taken.site_id(), taken.slot_id(), slot->Taken(),
                  slot->capacity);
  }
  CheckNotOnOffer(taken);
  CheckSupply(taken);
  Put(*slot, taken);
}

/// Whether it is this citizen's turn is judged by WaitRules.
void SeatRules::Judge(const v1::SeatOffered& offered) {
  Slot* slot = FindSlot(sites_, offered.site_id(), offered.slot_id());
  if (slot != nullptr) Put(*slot, offered);
}

void SeatRules::Judge(const v1::Event& event, const v1::SeatRefused& refused) {
  // The slot was full when the move began to wait.
  if (delayed_.erase(AskerOf(refused)) > 0 &&
      refused.refusal() == v1::REFUSAL_SLOT_FULL) {
    return;
  }
  CheckRefusal(event, refused);
}

void SeatRules::CheckRefusal(const v1::Event& event,
                             const v1::SeatRefused& refused) {
  const Slot* slot = FindSlot(sites_, refused.site_id(), refused.slot_id());
  bool is_right = false;
  switch (refused.refusal()) {
    case v1::REFUSAL_SLOT_UNKNOWN:
      is_right = slot == nullptr;
      break;
    case v1::REFUSAL_SLOT_CLOSED:
      is_right = slot != nullptr && slot->is_closed;
      break;
    case v1::REFUSAL_SLOT_OVER:
      is_right = slot != nullptr &&
                 (event.asked_at_unix_ms() >= slot->start_unix_ms ||
                  latest_now_unix_ms_ >= slot->end_unix_ms + kMissedAfterMs);
      break;
    case v1::REFUSAL_SLOT_FULL:
      is_right = slot != nullptr && slot->IsFull();
      break;
    case v1::REFUSAL_SEATS_ON_OFFER:
      is_right = slot != nullptr && !slot->IsFull() &&
                 waits_.IsOnOffer(refused.site_id(), refused.slot_id());
      break;
    case v1::REFUSAL_SEATS_FREE:
      is_right = slot != nullptr && !slot->IsFull() &&
                 !waits_.IsOnOffer(refused.site_id(), refused.slot_id());
      break;
    case v1::REFUSAL_SITE_UNKNOWN:
      is_right = !sites_.contains(refused.site_id());
      break;
    case v1::REFUSAL_SITE_CLOSED:
      is_right = sites_.contains(refused.site_id()) &&
                 sites_.at(refused.site_id()).is_closed;
      break;
    case v1::REFUSAL_ROUND_SHARE_TAKEN:
    case v1::REFUSAL_DAY_LIMIT_REACHED:
    case v1::REFUSAL_SLOT_WITHOUT_DAY:
      is_right = ReasonsAgainst(refused).contains(refused.refusal());
      break;
    // About the seat had, which the event does not name: the citizen's side of
    // it is judged by what became of that seat.
    case v1::REFUSAL_SEAT_GONE:
    case v1::REFUSAL_VISIT_BEGAN:
      is_right = true;
      break;
    default:
      break;
  }
  if (is_right) return;
  findings_.Add("{} is refused {}/{} by {}, which is not so ({} of {} taken)",
                refused.citizen_id(), refused.site_id(), refused.slot_id(),
                v1::Refusal_Name(refused.refusal()), slot ? slot->Taken() : 0,
                slot ? slot->capacity : 0);
}

template <typename Body>
void SeatRules::GiveUp(const Body& moved) {
  Seat* old = Find(moved, moved.from_slot_id(), moved.from_seat(),
                   moved.from_seat_turn());
  if (old == nullptr) return;
  if (!old->IsWaited()) findings_.Add("a seat is moved after its visit began");
  old->state = SeatState::kReleased;
}

void SeatRules::Judge(const v1::Event& event, const v1::MoveDelayed& delayed) {
  const Slot* slot = FindOpenSlot(event, delayed.site_id(), delayed.slot_id());
  if (slot != nullptr && !slot->IsFull()) {
    findings_.Add("a move waits for {}/{}, which is not full",
                  delayed.site_id(), delayed.slot_id());
  }
  // What the campaign may take is judged if it gets a seat: by a swap it takes
  // no more than before.
  if (!requests_.contains(AskerOf(delayed))) {
    findings_.Add("a move waits for {}, who did not ask", delayed.citizen_id());
  }
  delayed_.insert(AskerOf(delayed));
}

void SeatRules::Judge(const v1::Event& event, const v1::SeatMoved& moved) {
  Slot* slot = FindOpenSlot(event, moved.site_id(), moved.slot_id());
  if (slot == nullptr) return;
  if (slot->IsFull()) {
    findings_.Add("{}/{} is oversold by a move: {} of {} seats were taken",
                  moved.site_id(), moved.slot_id(), slot->Taken(),
                  slot->capacity);
  }
  CheckNotOnOffer(moved);
  CheckSupply(moved);
  GiveUp(moved);
  Put(*slot, moved);
}

/// Both slots have as many taken after it as before.
void SeatRules::Judge(const v1::SeatsSwapped& swapped) {
  const v1::SeatMoved& waiting = swapped.waiting();
  const v1::SeatMoved& asking = swapped.asking();
  if (waiting.slot_id() != asking.from_slot_id() ||
      asking.slot_id() != waiting.from_slot_id()) {
    findings_.Add("a swap that is none");
  }
  delayed_.erase(AskerOf(waiting));
  for (const v1::SeatMoved* moved : {&waiting, &asking}) GiveUp(*moved);
  for (const v1::SeatMoved* moved : {&waiting, &asking}) {
    Slot* slot = FindSlot(sites_, moved->site_id(), moved->slot_id());
    if (slot == nullptr) return findings_.Add("a swap to where no slot is");
    Put(*slot, *moved);
  }
}

void SeatRules::Judge(const v1::SeatReleased& released) {
  Seat* seat =
      Find(released, released.slot_id(), released.seat(), released.seat_turn());
  if (seat == nullptr) return;
  if (!seat->IsWaited()) {
    findings_.Add("a seat is given back after its visit began");
  }
  seat->state = SeatState::kReleased;
}

void SeatRules::Judge(const v1::SeatConfirmed& confirmed) {
  Seat* seat = Find(confirmed, confirmed.slot_id(), confirmed.seat(),
                    confirmed.seat_turn());
  if (seat == nullptr) return;
  if (seat->state != SeatState::kHeld) {
    findings_.Add("a seat is confirmed that is not held");
  }
  seat->state = SeatState::kBooked;
}

void SeatRules::Judge(const v1::SeatWithdrawn& withdrawn) {
  Seat* seat = Find(withdrawn, withdrawn.slot_id(), withdrawn.seat(),
                    withdrawn.seat_turn());
  if (seat == nullptr) return;
  const Slot& slot =
      *FindSlot(sites_, withdrawn.site_id(), withdrawn.slot_id());
  bool is_right = false;
  switch (withdrawn.reason()) {
    case v1::NOTICE_KIND_SITE_CLOSED:
      is_right = sites_.at(withdrawn.site_id()).is_closed;
      break;
    case v1::NOTICE_KIND_SLOT_CLOSED:
      is_right = slot.is_withdrawn;
      break;
    case v1::NOTICE_KIND_CAPACITY_LOWERED:
      // The latest is the first to go.
      is_right = slot.Taken() > slot.capacity;
      for (auto later = slot.seats.upper_bound(withdrawn.seat());
           later != slot.seats.end(); ++later) {
        is_right = is_right && !later->second.IsWaited();
      }
      break;
    default:
      break;
  }
  if (!is_right || !seat->IsWaited()) {
    findings_.Add("seat {} of {}/{} is taken back by {}, which is not so",
                  withdrawn.seat(), withdrawn.site_id(), withdrawn.slot_id(),
                  v1::NoticeKind_Name(withdrawn.reason()));
  }
  seat->state = SeatState::kWithdrawn;
  seat->reason = withdrawn.reason();
  seat->waits = withdrawn.waits();
}

void SeatRules::Judge(const v1::SeatMissed& missed) {
  Seat* seat =
      Find(missed, missed.slot_id(), missed.seat(), missed.seat_turn());
  if (seat == nullptr) return;
  const Slot& slot = *FindSlot(sites_, missed.site_id(), missed.slot_id());
  // One that was confirmed only after the slot's end is missed at once.
  const bool is_expected =
      seat->state ==
      (missed.seats_passed() > 0 ? SeatState::kBooked : SeatState::kHeld);
  if (!is_expected || latest_now_unix_ms_ < slot.end_unix_ms + kMissedAfterMs) {
    findings_.Add("seat {} of {}/{} is missed before its time", missed.seat(),
                  missed.site_id(), missed.slot_id());
  }
  seat->state = SeatState::kMissed;
}

void SeatRules::CheckAtRest() {
  for (const auto& [citizen, campaign, turn] : delayed_) {
    findings_.Add("{}'s move in {} waits for ever", citizen, campaign);
  }
  for (const auto& [site_id, site] : sites_) {
    for (const auto& [slot_id, slot] : site.slots) {
      const bool has_excess = slot.Taken() > slot.capacity;
      for (const auto& [number, seat] : slot.seats) {
        if (!seat.IsWaited()) continue;
        if (site.is_closed || slot.is_withdrawn || has_excess) {
          findings_.Add("seat {} of {}/{} was to be taken back", number,
                        site_id, slot_id);
        }
      }
    }
  }
}

}  // namespace slotlog::oracle
