// The day of visits: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

std::string Visit(const std::string& citizen, int seat) {
  return Who(citizen) + In("early") + SeatText(seat, 1);
}

/// Names no turn.
std::string CheckIn(const std::string& citizen, int seat) {
  return "seat_checked_in { operation_id: 'i' " + Who(citizen) + In("early") +
         Field("seat", seat) + "}";
}

std::string Dose(const std::string& citizen, int seat) {
  return "dose_given { operation_id: 'd' " + Visit(citizen, seat) + "}";
}

std::string Fulfilled(const std::string& citizen, int seat) {
  return "fulfilled { " + Visit(citizen, seat) + "}";
}

std::string NoticeOfEnd(const std::string& citizen, int seat,
                        const std::string& kind) {
  return Who(citizen) + In("early") + Field("seat", seat) + "kind: " + kind;
}

void ChecksIn(HandmadeHistory& history, const std::string& citizen, int seat) {
  const auto check_in = history.Operation(citizen + "'s check-in", 1,
                                          "operation_id: 'i' check_in {}");
  history.Transaction(citizen + " is there", 1)
      .Input(check_in)
      .Event(CheckIn(citizen, seat))
      .Confirm(check_in, "outcome: OUTCOME_DONE")
      .Write();
}

void HasTheDose(HandmadeHistory& history, const std::string& citizen,
                int seat) {
  const auto give = history.Operation(citizen + "'s dose", 1,
                                      "operation_id: 'd' give_dose {}");
  history.Transaction(citizen + " has the dose", 1)
      .Input(give)
      .Event(Dose(citizen, seat))
      .Confirm(give, "outcome: OUTCOME_DONE")
      .Event(Fulfilled(citizen, seat))
      .Notice(NoticeOfEnd(citizen, seat, "NOTICE_KIND_FULFILLED"))
      .Write();
}

void MaxCannotCancel(HandmadeHistory& history) {
  const auto cancel = Ask(history, 1, "max", "cancel");
  history.Transaction("max cancels", 1)
      .Input(cancel)
      .Event("release_asked { " + Wish(cancel) + In("early") + "turn: 2 " +
             SeatText(3, 1) + "}")
      .Event("release_refused { " + Who("max") + In("early") +
             "turn: 2 refusal: REFUSAL_VISIT_BEGAN }")
      .Event("command_refused { " + Wish(cancel) +
             "refusal: REFUSAL_VISIT_BEGAN }")
      .Confirm(cancel, "outcome: OUTCOME_REFUSED refusal: REFUSAL_VISIT_BEGAN")
      .Write();
}

void AnnCancelsWhileSheHasTheDose(HandmadeHistory& history) {
  const auto cancel = Ask(history, 0, "ann", "cancel");
  const auto asked = history.Transaction("ann cancels", 0)
                         .Input(cancel)
                         .Event("release_asked { " + Wish(cancel) +
                                In("early") + "turn: 2 " + SeatText(4, 1) + "}")
                         .Send(1, "release_request { turn: 2 }")
                         .Write();
  const auto give =
      history.Operation("ann's dose", 1, "operation_id: 'd' give_dose {}");
  const auto given = history.Transaction("ann has the dose", 1)
                         .Input(give)
                         .Event(Dose("ann", 4))
                         .Confirm(give, "outcome: OUTCOME_DONE")
                         .Send(0, "visit_end {}")
                         .Write();
  const auto refused =
      history.Transaction("ann stays", 1)
          .Input(asked[0])
          .Event("release_refused { " + Who("ann") + In("early") +
                 "turn: 2 refusal: REFUSAL_VISIT_BEGAN }")
          .Send(0, "release_answer { turn: 2 }")
          .Write();
  history.Transaction("ann is fulfilled", 0)
      .Input(given[0])
      .Event(Fulfilled("ann", 4))
      .Notice(NoticeOfEnd("ann", 4, "NOTICE_KIND_FULFILLED"))
      .Write();
  history.Transaction("ann is refused", 0)
      .Input(refused[0])
      .Event("command_refused { " + Wish(cancel) +
             "refusal: REFUSAL_VISIT_BEGAN }")
      .Confirm(cancel, "outcome: OUTCOME_REFUSED refusal: REFUSAL_VISIT_BEGAN")
      .Write();
}

void TomIsMissed(HandmadeHistory& history) {
  history.At(kNine + 61 * kMinute);
  const auto tick = history.Command("tick", 1, "tick {}");
  history.Transaction("tom is missed", 1)
      .Input(tick)
      .Step()
      .Event("seat_missed { " + Visit("tom", 2) + "seats_passed: 2 }")
      .Event("missed { " + Visit("tom", 2) + "}")
      .Notice(NoticeOfEnd("tom", 2, "NOTICE_KIND_MISSED"))
      .Write();
}

}  // namespace

void WriteVisits(HandmadeHistory& history) {
  OpenSites(history,
            "slots { slot_id: 'early' capacity: 4 " +
                Field("end_unix_ms", kNine + 60 * kMinute) + "}",
            "slots { slot_id: 'early' capacity: 1 }");
  BookAtHome(history, 1, "kim", In("early"), 1);
  BookAtHome(history, 1, "tom", In("early"), 2);
  BookAtHome(history, 1, "max", In("early"), 3);
  BookAway(history, "early", 4);
  history.At(kNine + 10 * kMinute);
  ChecksIn(history, "kim", 1);
  HasTheDose(history, "kim", 1);
  ChecksIn(history, "max", 3);
  MaxCannotCancel(history);
  HasTheDose(history, "max", 3);
  AnnCancelsWhileSheHasTheDose(history);
  TomIsMissed(history);
}

}  // namespace slotlog::verify
