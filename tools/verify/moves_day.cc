// The day of moves: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

const std::string kGym = In("early", "gym");

HandmadeInput AskToMove(HandmadeHistory& history, uint32_t shard,
                        const std::string& citizen, const std::string& place) {
  return Ask(history, shard, citizen, "reschedule",
             "campaign_id: 'summer' " + place);
}

void KimMoves(HandmadeHistory& history) {
  const auto move = AskToMove(history, 1, "kim", In("night"));
  history.Transaction("kim moves", 1)
      .Input(move)
      .Event("move_asked { " + Wish(move) + In("night") + "turn: 2 " +
             Wanted() + "from_site_id: 'hall' " + From("early", 1, 1) + "}")
      .Event("seat_moved { " + Who("kim") + In("night") + "turn: 2 seat: 1 " +
             From("early", 1, 1) + "}")
      .Event("rescheduled { " + Wish(move) + In("night") + SeatText(1, 2) +
             "outcome: OUTCOME_RESCHEDULED }")
      .Confirm(move, "outcome: OUTCOME_RESCHEDULED seat: 1")
      .Write();
}

void TomAndMaxSwap(HandmadeHistory& history) {
  BookAtHome(history, 1, "tom", In("early"), 2);
  BookAtHome(history, 1, "max", In("late"), 1);
  const auto toms = AskToMove(history, 1, "tom", In("late"));
  history.Transaction("tom waits", 1)
      .Input(toms)
      .Event("move_asked { " + Wish(toms) + In("late") + "turn: 2 " + Wanted() +
             "from_site_id: 'hall' " + From("early", 2, 1) + "}")
      .Event("move_delayed { " + Who("tom") + In("late") + "turn: 2 " +
             From("early", 2, 1) + "}")
      .Write();
  history.At(kNine + 2 * kMinute);
  const auto maxs = AskToMove(history, 1, "max", In("early"));
  history.Transaction("max swaps", 1)
      .Input(maxs)
      .Event("move_asked { " + Wish(maxs) + In("early") + "turn: 2 " +
             Wanted() + "from_site_id: 'hall' " + From("late", 1, 1) + "}")
      .Event("seats_swapped { waiting { " + Who("tom") + In("late") +
             "turn: 2 seat: 2 " + From("early", 2, 1) + "} asking { " +
             Who("max") + In("early") + "turn: 2 seat: 3 " +
             From("late", 1, 1) + "} }")
      .Event("rescheduled { " + Wish(toms) + In("late") + SeatText(2, 2) +
             "outcome: OUTCOME_RESCHEDULED }")
      .Of(toms)
      .Confirm(toms, "outcome: OUTCOME_RESCHEDULED seat: 2")
      .Event("rescheduled { " + Wish(maxs) + In("early") + SeatText(3, 2) +
             "outcome: OUTCOME_RESCHEDULED }")
      .Confirm(maxs, "outcome: OUTCOME_RESCHEDULED seat: 3")
      .Write();
}

void AnnMovesToTheHall(HandmadeHistory& history) {
  BookAtHome(history, 0, "ann", kGym, 1);
  history.At(kNine + 3 * 60 * kMinute);  // the window is over
  const auto move = AskToMove(history, 0, "ann", In("night"));
  const std::string old = "from_site_id: 'gym' " + From("early", 1, 1);
  auto sent = history.Transaction("ann moves", 0)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + In("night") +
                         "turn: 2 " + Wanted() + old + "}")
                  .Send(1, "seat_request { turn: 2 hold: true }")
                  .Write();
  sent = history.Transaction("ann's new seat", 1)
             .Input(sent[0])
             .Event("seat_taken { " + Who("ann") + In("night") +
                    "turn: 2 seat: 2 hold: true }")
             .Send(0, "seat_answer { turn: 2 }")
             .Write();
  sent =
      history.Transaction("ann leaves", 0)
          .Input(sent[0])
          .Event("new_seat_taken { " + Who("ann") + In("night") +
                 SeatText(2, 2) + "turn: 3 " + old + "}")
          .Event("seat_released { " + Who("ann") + kGym + "turn: 3 " +
                 SeatText(1, 1) + "}")
          .Event("rescheduled { " + Wish(move) + In("night") + SeatText(2, 2) +
                 "outcome: OUTCOME_RESCHEDULED confirms_seat: true }")
          .Confirm(move, "outcome: OUTCOME_RESCHEDULED seat: 2")
          .Send(1, "seat_confirmation {}")
          .Write();
  history.Transaction("ann's new seat is confirmed", 1)
      .Input(sent[0])
      .Event("seat_confirmed { " + Who("ann") + In("night") + SeatText(2, 2) +
             "}")
      .Write();
}

void AnnCannotMoveBack(HandmadeHistory& history) {
  const auto check_in =
      history.Operation("check-in", 1, "operation_id: 'c1' check_in {}");
  history.Transaction("ann is there", 1)
      .Input(check_in)
      .Event("seat_checked_in { operation_id: 'c1' " + Who("ann") +
             In("night") + "seat: 2 }")
      .Confirm(check_in, "outcome: OUTCOME_DONE")
      .Write();
  const auto move = AskToMove(history, 0, "ann", kGym);
  const std::string old = "from_site_id: 'hall' " + From("night", 2, 2);
  auto sent = history.Transaction("ann moves back", 0)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + kGym + "turn: 4 " +
                         Wanted() + old + "}")
                  .Event("seat_taken { " + Who("ann") + kGym +
                         "turn: 4 seat: 2 hold: true }")
                  .Event("new_seat_taken { " + Who("ann") + kGym +
                         SeatText(2, 4) + "turn: 5 " + old + "}")
                  .Send(1, "release_request { turn: 5 }")
                  .Write();
  sent = history.Transaction("ann stays", 1)
             .Input(sent[0])
             .Event("release_refused { " + Who("ann") + In("night") +
                    "turn: 5 refusal: REFUSAL_VISIT_BEGAN }")
             .Send(0, "release_answer { turn: 5 }")
             .Write();
  history.Transaction("ann is refused", 0)
      .Input(sent[0])
      .Event("new_seat_returned { " + Who("ann") + kGym + SeatText(2, 4) +
             "turn: 6 }")
      .Event("seat_released { " + Who("ann") + kGym + "turn: 6 " +
             SeatText(2, 4) + "}")
      .Event("command_refused { " + Wish(move) +
             "refusal: REFUSAL_VISIT_BEGAN }")
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_VISIT_BEGAN")
      .Write();
}

}  // namespace

void WriteMoves(HandmadeHistory& history) {
  OpenSites(history,
            "slots { slot_id: 'early' capacity: 1 } "
            "slots { slot_id: 'late' capacity: 1 } "
            "slots { slot_id: 'night' capacity: 2 }",
            "slots { slot_id: 'early' capacity: 1 }");
  BookAtHome(history, 1, "kim", In("early"), 1);
  KimMoves(history);
  TomAndMaxSwap(history);
  AnnMovesToTheHall(history);
  AnnCannotMoveBack(history);
}

}  // namespace slotlog::verify
