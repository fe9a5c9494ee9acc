#include "tools/verify/day_parts.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    Waits, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteWaits,
        {{"OfferedUnderAnotherTurn",
          Event("max cancels", 4,
                [](auto& e) { e.mutable_offered()->set_seat_turn(7); }),
          "it is offered under turn 7, and the citizen waits under turn 1"},
         {"OfferedForTooLong",
          Event("max cancels", 4,
                [](auto& e) {
                  e.mutable_offered()->set_deadline_unix_ms(kNine +
                                                            60 * kMinute);
                }),
          "campaign summer offers none for so long"},
         {"OfferedAnothersSeat",
          Event("max cancels", 4,
                [](auto& e) {
                  e.mutable_offered()->set_citizen_id("ann");
                  e.mutable_offered()->set_seat_turn(0);
                }),
          "the claim that it changed last has no seat"},
         {"WhatIsOfferedIsNotFree", Without("max cancels", 1),
          "slot early of site hall has 2 seats taken and a capacity of 1"},
         {"DeclinedByOneWhoWaits", Without("tom leaves", 0),
          "citizen tom waits for what is declined"},
         {"LeavesWithoutWaiting", Without("tom waits", 2),
          "citizen tom in campaign summer leaves the waitlist"},
         {"BookedWhereAPlaceInTheLineWasAsked",
          Event("kim waits", 2,
                [](auto& e) {
                  const v1::Waiting waiting = e.waiting();
                  v1::Booked& booked = *e.mutable_booked();
                  booked.set_citizen_id("kim");
                  booked.set_campaign_id("summer");
                  booked.set_command_offset(waiting.command_offset());
                }),
          "no seat was asked for"},
         {"DeclinedSeatIsNotGivenBack", Without("kim cancels", 5),
          "the seat that it changed last has no claim"},
         {"OutsideTheWindow",
          Event("kim waits", 0,
                [](auto& e) {
                  e.mutable_waitlist_asked()
                      ->mutable_judged()
                      ->set_birth_date_yyyymmdd(19500101);
                }),
          "citizen kim may book"}})),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
