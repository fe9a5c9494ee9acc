// The day of holds: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

void KimConfirms(HandmadeHistory& history) {
  const auto confirm = Ask(history, 1, "kim", "confirm");
  history.Transaction("kim confirms", 1)
      .Input(confirm)
      .Event("hold_confirmed { " + Wish(confirm) + In("early") +
             SeatText(1, 1) + "}")
      .Confirm(confirm, "outcome: OUTCOME_BOOKED seat: 1")
      .Event("seat_confirmed { " + Who("kim") + In("early") + SeatText(1, 1) +
             "}")
      .Write();
}

/// Across the shards.
void AnnHoldsAndConfirms(HandmadeHistory& history) {
  const std::string until =
      Field("deadline_unix_ms", kNine + 6 * kMinute + kHoldTime);
  history.At(kNine + 6 * kMinute);
  const auto hold =
      Ask(history, 0, "ann", "hold", "campaign_id: 'summer' " + In("early"));
  auto sent = history.Transaction("ann asks", 0)
                  .Input(hold)
                  .Event("seat_asked { " + Wish(hold) + In("early") +
                         "turn: 1 hold: true " + Judged() + "}")
                  .Send(1, "seat_request { turn: 1 hold: true }")
                  .Write();
  sent = history.Transaction("ann's seat", 1)
             .Input(sent[0])
             .Event("seat_taken { " + Who("ann") + In("early") +
                    "turn: 1 seat: 2 hold: true }")
             .Send(0, "seat_answer { turn: 1 }")
             .Write();
  history.Transaction("ann holds", 0)
      .Input(sent[0])
      .Event("held { " + Wish(hold) + In("early") + "turn: 1 seat: 2 " + until +
             "}")
      .Confirm(hold, "outcome: OUTCOME_HELD seat: 2 " + until)
      .Write();
  history.At(kNine + 10 * kMinute);
  const auto confirm = Ask(history, 0, "ann", "confirm");
  sent = history.Transaction("ann confirms", 0)
             .Input(confirm)
             .Event("hold_confirmed { " + Wish(confirm) + In("early") +
                    SeatText(2, 1) + "}")
             .Confirm(confirm, "outcome: OUTCOME_BOOKED seat: 2")
             .Send(1, "seat_confirmation {}")
             .Write();
  history.Transaction("ann's seat is confirmed", 1)
      .Input(sent[0])
      .Event("seat_confirmed { " + Who("ann") + In("early") + SeatText(2, 1) +
             "}")
      .Write();
}

/// What he asks when the time is over waits until the agenda has ended it.
void TomsHoldExpires(HandmadeHistory& history) {
  history.At(kNine + 11 * kMinute);
  HoldAtHome(history, 1, "tom", In("late"), 1);
  history.At(kNine + 22 * kMinute);
  const auto tick = history.Command("tick", 1, "tick {}");
  const auto cancel = Ask(history, 1, "tom", "cancel");
  history.Transaction("tom's time is over", 1)
      .Input(tick)
      .Input(cancel)
      .Event(
          "command_parked { command { citizen_id: 'tom' cancel { "
          "campaign_id: 'summer' } } }")
      .Write();
  const auto book =
      Ask(history, 1, "tom", "book", "campaign_id: 'summer' " + In("late"));
  const auto confirm = Ask(history, 1, "tom", "confirm");
  history.Transaction("tom's hold ends", 1)
      .Input(book)
      .Event(
          "command_parked { command { citizen_id: 'tom' book { campaign_id: "
          "'summer' } } }")
      .Input(confirm)
      .Event("command_refused { " + Wish(confirm) +
             "refusal: REFUSAL_HOLD_EXPIRED }")
      .Confirm(confirm,
               "outcome: OUTCOME_REFUSED refusal: REFUSAL_HOLD_EXPIRED")
      .Step()
      .Event("hold_expired { " + Who("tom") + In("late") + "turn: 2 " +
             SeatText(1, 1) + "agenda_entries: 1 }")
      .Notice(Who("tom") + In("late") +
              "seat: 1 kind: NOTICE_KIND_HOLD_EXPIRED")
      .Event("seat_released { " + Who("tom") + In("late") + "turn: 2 " +
             SeatText(1, 1) + "}")
      .Event("hold_given_back { " + Who("tom") + In("late") + "turn: 2 }")
      .Resume(cancel)
      .Event("command_refused { " + Wish(cancel) +
             "refusal: REFUSAL_NOTHING_TO_CANCEL }")
      .Confirm(cancel,
               "outcome: OUTCOME_REFUSED refusal: REFUSAL_NOTHING_TO_CANCEL")
      .Resume(book)
      .Event("seat_asked { " + Wish(book) + In("late") + "turn: 3 " + Judged() +
             "}")
      .Event("seat_taken { " + Who("tom") + In("late") + "turn: 3 seat: 2 }")
      .Event("booked { " + Wish(book) + In("late") + "turn: 3 seat: 2 }")
      .Confirm(book, "outcome: OUTCOME_BOOKED seat: 2")
      .Step()
      .Event("agenda_passed { agenda_entries: 1 }")
      .Write();
}

/// It falls due while a move is asked for.
void IdasHoldIsPutOff(HandmadeHistory& history) {
  history.At(kNine + 31 * kMinute);
  HoldAtHome(history, 1, "ida", In("late"), 3);
  history.At(kNine + 40 * kMinute);
  const auto move = Ask(history, 1, "ida", "book",
                        "campaign_id: 'summer' " + In("none", "gym"));
  auto sent = history.Transaction("ida moves", 1)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + In("none", "gym") +
                         "turn: 2 wanted: OUTCOME_BOOKED " + Judged() +
                         "from_site_id: 'hall' " + From("late", 3, 1) + "}")
                  .Send(0, "seat_request { turn: 2 hold: true }")
                  .Write();
  history.At(kNine + 42 * kMinute);
  const auto tick = history.Command("tick", 1, "tick {}");
  history.Transaction("ida is put off", 1)
      .Input(tick)
      .Step()
      .Event("hold_deferred { " + Who("ida") + "seat_turn: 1 }")
      .Write();
  sent = history.Transaction("ida gets no seat", 0)
             .Input(sent[0])
             .Event("seat_refused { " + Who("ida") + In("none", "gym") +
                    "turn: 2 refusal: REFUSAL_SLOT_UNKNOWN }")
             .Send(1, "seat_answer { turn: 2 }")
             .Write();
  history.Transaction("ida's hold ends", 1)
      .Input(sent[0])
      .Event("command_refused { " + Wish(move) +
             "refusal: REFUSAL_SLOT_UNKNOWN }")
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_SLOT_UNKNOWN")
      .Step()
      .Event("hold_expired { " + Who("ida") + In("late") + "turn: 3 " +
             SeatText(3, 1) + "}")
      .Notice(Who("ida") + In("late") +
              "seat: 3 kind: NOTICE_KIND_HOLD_EXPIRED")
      .Event("seat_released { " + Who("ida") + In("late") + "turn: 3 " +
             SeatText(3, 1) + "}")
      .Event("hold_given_back { " + Who("ida") + In("late") + "turn: 3 }")
      .Write();
}

}  // namespace

void WriteHolds(HandmadeHistory& history) {
  OpenSites(history,
            "slots { slot_id: 'early' capacity: 2 } "
            "slots { slot_id: 'late' capacity: 2 }",
            "slots { slot_id: 'early' capacity: 1 }");
  HoldAtHome(history, 1, "kim", In("early"), 1);
  KimConfirms(history);
  AnnHoldsAndConfirms(history);
  TomsHoldExpires(history);
  IdasHoldIsPutOff(history);
}

}  // namespace slotlog::verify
