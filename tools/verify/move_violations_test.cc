#include "tools/verify/day_parts.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    Moves, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteMoves,
        {{"LeavesASeatThatIsNotHad",
          Event("kim moves", 0,
                [](auto& e) { e.mutable_move_asked()->set_from_seat(9); }),
          "2 events/1 at 6, event 6: it names seat 9 of slot early"},
         {"AnotherSeatThanWasTaken",
          Event("kim moves", 2,
                [](auto& e) { e.mutable_rescheduled()->set_seat(7); }),
          "4 events/1 at 6, event 8: the claim that it changed last has no "
          "seat"},
         {"HeldWithoutADeadline",
          Event("kim moves", 2,
                [](auto& e) {
                  e.mutable_rescheduled()->set_outcome(v1::OUTCOME_HELD);
                }),
          "2 events/1 at 6, event 8: outcome OUTCOME_HELD with the deadline 0 "
          "ms is no answer"},
         {"DeadlineOfABooking",
          Event("kim moves", 2,
                [](auto& e) {
                  e.mutable_rescheduled()->set_deadline_unix_ms(1);
                }),
          "2 events/1 at 6, event 8: outcome OUTCOME_RESCHEDULED with the "
          "deadline 1 ms is no answer"},
         {"AskedBackWithinASite",
          Event("kim moves", 1,
                [](auto& e) {
                  auto& taken = *e.mutable_new_seat_taken();
                  taken.set_citizen_id("kim");
                  taken.set_campaign_id("summer");
                }),
          "2 events/1 at 6, event 7: within a site no seat is asked back"},
         {"BookedByAMoveThatWasNotJudged",
          Event("ann leaves", 2,
                [](auto& e) {
                  e.mutable_rescheduled()->set_outcome(v1::OUTCOME_BOOKED);
                }),
          "6 events/0 at 10, event 10: citizen ann is booked: no wish of 0 ms "
          "was let through"},
         {"OldSeatIsNotGivenBack", Without("ann leaves", 0),
          "2 events/0 at 10, event 10: the old seat was not given back"},
         {"RefusedWhileTheNewSeatStands", Without("ann is refused", 0),
          "the move is refused, and its new seat stands"},
         {"NewSeatOfAnotherTurn",
          Event("ann leaves", 0,
                [](auto& e) { e.mutable_new_seat_taken()->set_seat_turn(1); }),
          "2 events/0 at 10, event 8: it names seat 2 of slot night, taken "
          "under turn 1"},
         {"TurnIsSkipped",
          Event("ann leaves", 0,
                [](auto& e) { e.mutable_new_seat_taken()->set_turn(4); }),
          "2 events/0 at 10, event 8: turn 4 of citizen ann in campaign summer "
          "follows turn 2"},
         {"BookedByAMove",
          Event("ann moves", 0,
                [](auto& e) {
                  auto& booked = *e.mutable_booked();
                  booked.set_citizen_id("ann");
                  booked.set_campaign_id("summer");
                }),
          "2 events/0 at 8, event 7: citizen ann in campaign summer is "
          "booked, and the claim is booked since event 6, not asked"},
         {"RescheduledByAnothersCommand",
          Event("kim moves", 2,
                [](auto& e) {
                  e.mutable_rescheduled()->set_command_offset(7);
                }),
          "2 events/1 at 6, event 8: it ends turn 2 for the command at 7"},
         {"NewSeatIsKept", Without("ann is refused", 1),
          "4 events/0 at 12, event 12: the seat that it changed last has no "
          "claim"},
         {"NewSeatIsReturnedForNothing", Without("ann moves back", 2),
          "the old seat was not asked back"}})),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    SeatsMoved, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteMoves,
        {{"FromASeatThatIsNotThere",
          Event("kim moves", 1,
                [](auto& e) { e.mutable_seat_moved()->set_from_seat(4); }),
          "1 events/1 at 6, event 7: citizen kim moves from seat 4 in slot "
          "early"},
         {"SwapOfOtherSlots",
          Event("max swaps", 1,
                [](auto& e) {
                  e.mutable_seats_swapped()->mutable_waiting()->set_slot_id(
                      "night");
                }),
          "citizens tom and max do not take each other's slots"},
         {"SwapAnsweredAsIfAskedByTheOther",
          Event("max swaps", 2,
                [](auto& e) {
                  e.set_asked_at_unix_ms(e.asked_at_unix_ms() + 60'000);
                }),
          "it says it was asked at 1626080520000 ms; what it follows from was "
          "asked at 1626080460000 ms"},
         {"SwapOfOneWhoHasNoSeat",
          Event("max swaps", 1,
                [](auto& e) {
                  e.mutable_seats_swapped()->mutable_asking()->set_from_seat(2);
                }),
          "citizen max moves from seat 2 in slot late"},
         {"SwapTakesANumberTwice",
          Event("max swaps", 1,
                [](auto& e) {
                  e.mutable_seats_swapped()->mutable_asking()->set_seat(2);
                }),
          "seat 2 in slot early of site hall is taken where 3 is the next"},
         {"IntoAFullSlot",
          Event("tom waits", 1,
                [](auto& e) {
                  auto& moved = *e.mutable_seat_moved();
                  moved.set_citizen_id("tom");
                  moved.set_campaign_id("summer");
                  moved.set_turn(2);
                  moved.set_site_id("hall");
                  moved.set_slot_id("late");
                  moved.set_seat(2);
                  moved.set_from_slot_id("early");
                  moved.set_from_seat(2);
                  moved.set_from_seat_turn(1);
                }),
          "slot late of site hall has 2 seats taken and a capacity of 1"},
         {"SeatOfAVisitorGivenBack",
          Event("ann stays", 0,
                [](auto& e) {
                  auto& released = *e.mutable_seat_released();
                  released.set_citizen_id("ann");
                  released.set_campaign_id("summer");
                  released.set_turn(5);
                  released.set_site_id("hall");
                  released.set_slot_id("night");
                  released.set_seat(2);
                  released.set_seat_turn(2);
                }),
          "a seat in slot night of site hall is given up, and its visit "
          "began"},
         {"MoveThatNobodyKeeps",
          [](HandmadeHistory& history) {
            Without("tom waits", 1)(history);
            history.EndAfter("tom waits");
          },
          "the conversation that it opened has no answer, and no message"}})),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Crossings, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteCrossings,
        {{"RefusalByTheAgendaAsIfAskedThen",
          Event("tom is refused", 1,
                [](auto& e) {
                  e.set_asked_at_unix_ms(e.asked_at_unix_ms() + 60'000);
                }),
          "a step of the agenda at 1626080520000 ms; the line's time, or the "
          "command's that it answers, is 1626080460000 ms"},
         {"LossOfTheOldSeatWhileItIsAskedBack",
          Event("the gym closes", 2,
                [](auto& e) {
                  auto& lost = *e.mutable_seat_lost();
                  lost.set_site_id("hall");
                  lost.set_slot_id("night");
                  lost.set_seat(1);
                  lost.set_seat_turn(1);
                }),
          "it names seat 1 of slot night, taken under turn 1; the claim's is "
          "seat 2 of turn 2 in another slot"},
         {"BookedAgainWithASeatThatIsBack",
          Event("ann has nothing", 0,
                [](auto& e) {
                  e.mutable_command_refused()->set_refusal(
                      v1::REFUSAL_VISIT_BEGAN);
                }),
          "the claim that it changed last has no seat"},
         {"RescheduledToALostSeat",
          Event("ann has nothing", 0,
                [](auto& e) {
                  auto& rescheduled = *e.mutable_rescheduled();
                  rescheduled.set_citizen_id("ann");
                  rescheduled.set_campaign_id("summer");
                  rescheduled.set_site_id("gym");
                  rescheduled.set_slot_id("early");
                  rescheduled.set_seat(2);
                  rescheduled.set_seat_turn(2);
                }),
          "it names seat 2 of slot early, taken under turn 2; the claim's is "
          "seat 0 of turn 0"},
         {"RescheduledAfterTheDose",
          Event("kim stays", 0,
                [](auto& e) {
                  auto& rescheduled = *e.mutable_rescheduled();
                  rescheduled.set_citizen_id("kim");
                  rescheduled.set_campaign_id("summer");
                }),
          "the old seat's visit is over and cannot be moved"},
         {"DoseTwice",
          Event("kim returns it", 0,
                [](auto& e) {
                  auto& fulfilled = *e.mutable_fulfilled();
                  fulfilled.set_citizen_id("kim");
                  fulfilled.set_campaign_id("summer");
                }),
          "the visit has ended before"}})),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
