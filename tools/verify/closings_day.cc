// The day of closings: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

/// The slot takes the seat of turn 1 back.
std::string Withdrawn(const std::string& citizen, const std::string& slot,
                      int seat, const std::string& reason) {
  return "seat_withdrawn { " + Who(citizen) + In(slot) + SeatText(seat, 1) +
         "reason: " + reason + " seats_passed: 1 }";
}

std::string Lost(const std::string& citizen, const std::string& slot, int seat,
                 const std::string& reason) {
  return "seat_lost { " + Who(citizen) + In(slot) + SeatText(seat, 1) +
         "reason: " + reason + " }";
}

std::string NoticeOfLoss(const std::string& citizen, const std::string& slot,
                         int seat, const std::string& reason) {
  return Who(citizen) + In(slot) + Field("seat", seat) + "kind: " + reason;
}

void EarlyShrinks(HandmadeHistory& history) {
  const std::string lowered = "NOTICE_KIND_CAPACITY_LOWERED";
  const auto fewer =
      history.Operation("fewer", 1, "operation_id: 'f1' change_capacity {}");
  auto sent = history.Transaction("early shrinks", 1)
                  .Input(fewer)
                  .Event("capacity_changed { operation_id: 'f1' " +
                         In("early") + "capacity: 1 release_excess: true }")
                  .Confirm(fewer, "outcome: OUTCOME_DONE")
                  .Step()
                  .Event(Withdrawn("ann", "early", 3, lowered))
                  .Send(0, "seat_withdrawal {}")
                  .Write();
  history.At(kNine + 6 * kMinute);
  const auto tick = history.Command("tick", 1, "tick {}");
  history.Transaction("early shrinks slowly", 1)
      .Input(tick)
      .Step()
      .Event("wave_passed { seats_passed: 1 }")
      .Write();
  history.Transaction("early shrinks on", 1)
      .Step()
      .Event(Withdrawn("tom", "early", 2, lowered))
      .Event(Lost("tom", "early", 2, lowered))
      .Notice(NoticeOfLoss("tom", "early", 2, lowered))
      .Step()
      .Event("wave_passed { seats_passed: 1 }")
      .Write();
  history.Transaction("ann hears", 0)
      .Input(sent[0])
      .Event(Lost("ann", "early", 3, lowered))
      .Notice(NoticeOfLoss("ann", "early", 3, lowered))
      .Write();
}

void NightCloses(HandmadeHistory& history) {
  const std::string closed = "NOTICE_KIND_SLOT_CLOSED";
  const auto close =
      history.Operation("close", 1, "operation_id: 'c1' close_slot {}");
  history.Transaction("night closes", 1)
      .Input(close)
      .Event("slot_closed { operation_id: 'c1' " + In("night") +
             "withdraw: true }")
      .Confirm(close, "outcome: OUTCOME_DONE")
      .Step()
      .Event(Withdrawn("dan", "night", 1, closed))
      .Event(Lost("dan", "night", 1, closed))
      .Notice(NoticeOfLoss("dan", "night", 1, closed))
      .Write();
}

void HallCloses(HandmadeHistory& history) {
  const std::string closed = "NOTICE_KIND_SITE_CLOSED";
  const auto move = Ask(history, 1, "max", "reschedule",
                        "campaign_id: 'summer' " + In("early", "gym"));
  auto sent = history.Transaction("max moves", 1)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + In("early", "gym") +
                         "turn: 2 " + Wanted() + "from_site_id: 'hall' " +
                         From("late", 1, 1) + "}")
                  .Send(0, "seat_request { turn: 2 }")
                  .Write();
  const auto close = history.Operation("close the hall", 1,
                                       "operation_id: 'c2' close_site {}");
  history.Transaction("hall closes", 1)
      .Input(close)
      .Event("site_closed { operation_id: 'c2' site_id: 'hall' }")
      .Confirm(close, "outcome: OUTCOME_DONE")
      .Step()
      .Event(Withdrawn("kim", "early", 1, closed))
      .Event(Lost("kim", "early", 1, closed))
      .Notice(NoticeOfLoss("kim", "early", 1, closed))
      .Step()
      .Event(Withdrawn("max", "late", 1, closed))
      .Event(Lost("max", "late", 1, closed))
      .Notice(NoticeOfLoss("max", "late", 1, closed))
      .Write();
  sent = history.Transaction("max's new seat", 0)
             .Input(sent[0])
             .Event("seat_taken { " + Who("max") + In("early", "gym") +
                    "turn: 2 seat: 1 }")
             .Send(1, "seat_answer { turn: 2 }")
             .Write();
  history.Transaction("max is rescheduled", 1)
      .Input(sent[0])
      .Event("rescheduled { " + Wish(move) + In("early", "gym") +
             SeatText(1, 2) + "outcome: OUTCOME_RESCHEDULED }")
      .Confirm(move, "outcome: OUTCOME_RESCHEDULED seat: 1")
      .Write();
}

}  // namespace

void WriteClosings(HandmadeHistory& history) {
  OpenSites(history,
            "slots { slot_id: 'early' capacity: 3 } "
            "slots { slot_id: 'late' capacity: 1 } "
            "slots { slot_id: 'night' capacity: 1 }",
            "slots { slot_id: 'early' capacity: 1 }");
  BookAtHome(history, 1, "kim", In("early"), 1);
  BookAtHome(history, 1, "tom", In("early"), 2);
  BookAway(history, "early", 3);
  BookAtHome(history, 1, "max", In("late"), 1);
  BookAtHome(history, 1, "dan", In("night"), 1);
  history.At(kNine + 5 * kMinute);
  EarlyShrinks(history);
  NightCloses(history);
  HallCloses(history);
  history.At(kNine + 7 * kMinute);
  Tick(history, "nothing is due", 1);
}

}  // namespace slotlog::verify
