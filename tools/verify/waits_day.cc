// The day of those who wait: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

const std::string kEarly = In("early");

void Waits(HandmadeHistory& history, const std::string& citizen) {
  const auto join = Ask(history, 1, citizen, "join_waitlist",
                        "campaign_id: 'summer' " + kEarly);
  history.Transaction(citizen + " waits", 1)
      .Input(join)
      .Event("waitlist_asked { " + Wish(join) + kEarly + "turn: 1 order: 1 " +
             Judged() + "}")
      .Event("waitlist_joined { " + Who(citizen) + kEarly +
             "turn: 1 order: 1 }")
      .Event("waiting { " + Wish(join) + kEarly + "turn: 1 }")
      .Confirm(join, "outcome: OUTCOME_WAITING")
      .Write();
}

std::string Offer(const std::string& citizen, int seat) {
  return "seat_offered { " + Who(citizen) + kEarly + "turn: 1 hold: true " +
         Field("seat", seat) + "place { order: 1 campaign_id: 'summer' } }";
}

std::string EndOfSearch() {
  return "search_passed { " + kEarly + "is_over: true }";
}

void MaxCancelsForKim(HandmadeHistory& history) {
  const auto cancel = Ask(history, 1, "max", "cancel");
  const std::string deadline =
      Field("deadline_unix_ms", cancel.asked_at_unix_ms + kOfferTime);
  history.Transaction("max cancels", 1)
      .Input(cancel)
      .Event("release_asked { " + Wish(cancel) + kEarly + "turn: 2 " +
             SeatText(1, 1) + "}")
      .Event("seat_released { " + Who("max") + kEarly + "turn: 2 " +
             SeatText(1, 1) + "}")
      .Event("cancelled { " + Wish(cancel) + kEarly + "turn: 2 }")
      .Confirm(cancel, "outcome: OUTCOME_CANCELLED")
      .Step()
      .Event(Offer("kim", 2))
      .Event("offered { " + Who("kim") + kEarly + SeatText(2, 1) + deadline +
             "}")
      .Notice(Who("kim") + kEarly + "seat: 2 kind: NOTICE_KIND_OFFERED " +
              deadline)
      .Step()
      .Event(EndOfSearch())
      .Write();
  const auto confirm = Ask(history, 1, "kim", "confirm");
  history.Transaction("kim confirms", 1)
      .Input(confirm)
      .Event("hold_confirmed { " + Wish(confirm) + kEarly + SeatText(2, 1) +
             "}")
      .Confirm(confirm, "outcome: OUTCOME_BOOKED seat: 2")
      .Event("seat_confirmed { " + Who("kim") + kEarly + SeatText(2, 1) + "}")
      .Write();
}

void TomLeaves(HandmadeHistory& history) {
  const auto leave = Ask(history, 1, "tom", "leave_waitlist");
  history.Transaction("tom leaves", 1)
      .Input(leave)
      .Event("waitlist_left { " + Wish(leave) + "}")
      .Confirm(leave, "outcome: OUTCOME_LEFT_WAITLIST")
      .Write();
}

void KimCancelsForTom(HandmadeHistory& history) {
  const auto cancel = Ask(history, 1, "kim", "cancel");
  history.Transaction("kim cancels", 1)
      .Input(cancel)
      .Event("release_asked { " + Wish(cancel) + kEarly + "turn: 2 " +
             SeatText(2, 1) + "}")
      .Event("seat_released { " + Who("kim") + kEarly + "turn: 2 " +
             SeatText(2, 1) + "}")
      .Event("cancelled { " + Wish(cancel) + kEarly + "turn: 2 }")
      .Confirm(cancel, "outcome: OUTCOME_CANCELLED")
      .Step()
      .Event(Offer("tom", 3))
      .Event("offer_declined { " + Who("tom") + kEarly + SeatText(3, 1) + "}")
      .Event("seat_released { " + Who("tom") + kEarly + SeatText(3, 1) + "}")
      .Step()
      .Event(EndOfSearch())
      .Write();
}

}  // namespace

void WriteWaits(HandmadeHistory& history) {
  OpenSites(history, "slots { slot_id: 'early' capacity: 1 }",
            "slots { slot_id: 'early' capacity: 1 }");
  BookAtHome(history, 1, "max", kEarly, 1);
  Waits(history, "kim");
  Waits(history, "tom");
  MaxCancelsForKim(history);
  TomLeaves(history);
  KimCancelsForTom(history);
}

}  // namespace slotlog::verify
