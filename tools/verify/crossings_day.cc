// The day of moves that are crossed by what slots do: day_parts.h.

#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

const std::string kGym = In("early", "gym");
const std::string kGymClosed = "reason: NOTICE_KIND_SITE_CLOSED ";

std::string NameOfMove(const std::string& slot, int seat) {
  return "turn: 2 " + Wanted() + "from_site_id: 'hall' " + From(slot, seat, 1);
}

HandmadeInput AskForGym(HandmadeHistory& history, uint32_t shard,
                        const std::string& citizen) {
  return Ask(history, shard, citizen, "reschedule",
             "campaign_id: 'summer' " + kGym);
}

/// Nobody wants to swap with him in time.
void TomWaitsInVain(HandmadeHistory& history) {
  const auto move = Ask(history, 1, "tom", "reschedule",
                        "campaign_id: 'summer' " + In("early"));
  history.Transaction("tom waits", 1)
      .Input(move)
      .Event("move_asked { " + Wish(move) + In("early") +
             NameOfMove("late", 1) + "}")
      .Event("move_delayed { " + Who("tom") + In("early") + "turn: 2 " +
             From("late", 1, 1) + "}")
      .Write();
  history.At(kNine + 2 * kMinute);
  const auto tick = history.Command("tick", 1, "tick {}");
  history.Transaction("tom is refused", 1)
      .Input(tick)
      .Step()
      .Event("seat_refused { " + Who("tom") + In("early") +
             "turn: 2 refusal: REFUSAL_SLOT_FULL }")
      .Event("command_refused { " + Wish(move) + "refusal: REFUSAL_SLOT_FULL }")
      .Of(move)
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_SLOT_FULL")
      .Write();
}

/// The dose is given while the new seat is asked for.
void KimHasTheDose(HandmadeHistory& history) {
  const auto move = AskForGym(history, 1, "kim");
  auto sent = history.Transaction("kim moves", 1)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + kGym +
                         NameOfMove("early", 1) + "}")
                  .Send(0, "seat_request {}")
                  .Write();
  const auto give =
      history.Operation("dose", 1, "operation_id: 'd' give_dose {}");
  const std::string seat = Who("kim") + In("early");
  history.Transaction("kim has the dose", 1)
      .Input(give)
      .Event("dose_given { operation_id: 'd' " + seat + SeatText(1, 1) + "}")
      .Confirm(give, "outcome: OUTCOME_DONE")
      .Event("fulfilled { " + seat + SeatText(1, 1) + "}")
      .Notice(seat + "seat: 1 kind: NOTICE_KIND_FULFILLED")
      .Write();
  sent = history.Transaction("kim's new seat", 0)
             .Input(sent[0])
             .Event("seat_taken { " + Who("kim") + kGym +
                    "turn: 2 seat: 1 hold: true }")
             .Send(1, "seat_answer {}")
             .Write();
  sent = history.Transaction("kim returns it", 1)
             .Input(sent[0])
             .Event("new_seat_returned { " + Who("kim") + kGym +
                    SeatText(1, 2) + "turn: 3 }")
             .Send(0, "release_request {}")
             .Write();
  sent = history.Transaction("kim's new seat is back", 0)
             .Input(sent[0])
             .Event("seat_released { " + Who("kim") + kGym + "turn: 3 " +
                    SeatText(1, 2) + "}")
             .Send(1, "release_answer {}")
             .Write();
  history.Transaction("kim stays", 1)
      .Input(sent[0])
      .Event("command_refused { " + Wish(move) +
             "refusal: REFUSAL_VISIT_BEGAN }")
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_VISIT_BEGAN")
      .Write();
}

/// The gym closes when ann has her new seat there, and before she has given
/// back the old one.
void AnnLosesBoth(HandmadeHistory& history) {
  const auto move = AskForGym(history, 0, "ann");
  auto sent =
      history.Transaction("ann moves", 0)
          .Input(move)
          .Event("move_asked { " + Wish(move) + kGym + NameOfMove("night", 1) +
                 "}")
          .Event("seat_taken { " + Who("ann") + kGym +
                 "turn: 2 seat: 2 hold: true }")
          .Event("new_seat_taken { " + Who("ann") + kGym + SeatText(2, 2) +
                 "turn: 3 from_site_id: 'hall' " + From("night", 1, 1) + "}")
          .Send(1, "release_request {}")
          .Write();
  const auto close =
      history.Operation("close the gym", 0, "operation_id: 'c' close_site {}");
  const std::string seat = Who("ann") + kGym;
  history.Transaction("the gym closes", 0)
      .Input(close)
      .Event("site_closed { operation_id: 'c' site_id: 'gym' }")
      .Confirm(close, "outcome: OUTCOME_DONE")
      .Step()
      .Event("seat_withdrawn { " + seat + SeatText(2, 2) + kGymClosed + "}")
      .Event("seat_lost { " + seat + SeatText(2, 2) + kGymClosed + "}")
      .Notice(seat + "seat: 2 kind: NOTICE_KIND_SITE_CLOSED")
      .Write();
  sent = history.Transaction("ann's old seat", 1)
             .Input(sent[0])
             .Event("seat_released { " + Who("ann") + In("night") + "turn: 3 " +
                    SeatText(1, 1) + "}")
             .Send(0, "release_answer {}")
             .Write();
  history.Transaction("ann has nothing", 0)
      .Input(sent[0])
      .Event("command_refused { " + Wish(move) + "refusal: REFUSAL_SEAT_GONE }")
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_SEAT_GONE")
      .Write();
}

/// The old seat is lost, and there is no new one.
void DanLosesHis(HandmadeHistory& history) {
  const std::string reason = "NOTICE_KIND_SLOT_CLOSED";
  const auto move = AskForGym(history, 1, "dan");
  auto sent = history.Transaction("dan moves", 1)
                  .Input(move)
                  .Event("move_asked { " + Wish(move) + kGym +
                         NameOfMove("night", 2) + "}")
                  .Send(0, "seat_request {}")
                  .Write();
  const auto close =
      history.Operation("close night", 1, "operation_id: 'c' close_slot {}");
  const std::string seat = Who("dan") + In("night");
  history.Transaction("night closes", 1)
      .Input(close)
      .Event("slot_closed { operation_id: 'c' " + In("night") +
             "withdraw: true }")
      .Confirm(close, "outcome: OUTCOME_DONE")
      .Step()
      .Event("seat_withdrawn { " + seat + SeatText(2, 1) + "reason: " + reason +
             " }")
      .Event("seat_lost { " + seat + SeatText(2, 1) + "reason: " + reason +
             " }")
      .Notice(seat + "seat: 2 kind: " + reason)
      .Write();
  sent = history.Transaction("dan is told no", 0)
             .Input(sent[0])
             .Event("seat_refused { " + Who("dan") + kGym +
                    "turn: 2 refusal: REFUSAL_SLOT_CLOSED }")
             .Send(1, "seat_answer {}")
             .Write();
  history.Transaction("dan has nothing", 1)
      .Input(sent[0])
      .Event("command_refused { " + Wish(move) +
             "refusal: REFUSAL_SLOT_CLOSED }")
      .Confirm(move, "outcome: OUTCOME_REFUSED refusal: REFUSAL_SLOT_CLOSED")
      .Write();
}

}  // namespace

void WriteCrossings(HandmadeHistory& history) {
  OpenSites(history,
            "slots { slot_id: 'early' capacity: 1 } "
            "slots { slot_id: 'late' capacity: 1 } "
            "slots { slot_id: 'night' capacity: 2 }",
            "slots { slot_id: 'early' capacity: 1 }");
  BookAtHome(history, 1, "kim", In("early"), 1);
  BookAtHome(history, 1, "tom", In("late"), 1);
  BookAway(history, "night", 1);
  BookAtHome(history, 1, "dan", In("night"), 2);
  TomWaitsInVain(history);
  KimHasTheDose(history);
  AnnLosesBoth(history);
  DanLosesHis(history);
}

}  // namespace slotlog::verify
