#include "tools/verify/day_parts.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    Visits, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteVisits,
        {{"CheckedInToASeatThatIsHeld",
          Event("kim books", 1,
                [](auto& e) { e.mutable_seat_taken()->set_hold(true); }),
          "citizen kim is checked in for seat 1 in slot early of site hall, "
          "and it is not the citizen's appointment"},
         {"CheckedInToAnothersSeat",
          Event("kim is there", 0,
                [](auto& e) { e.mutable_seat_checked_in()->set_seat(2); }),
          "citizen kim is checked in for seat 2"},
         {"DoseForAnothersSeat",
          Event("kim has the dose", 0,
                [](auto& e) { e.mutable_dose_given()->set_citizen_id("max"); }),
          "citizen max has the dose at seat 1 in slot early of site hall under "
          "turn 1, and does not have it so"},
         {"DoseAtASeatThatIsHeld",
          Event("ann's seat", 0,
                [](auto& e) { e.mutable_seat_taken()->set_hold(true); }),
          "seat 4 in slot early of site hall is only held, and the dose is "
          "given"},
         {"MissedBeforeTheEnd",
          Event("hall is open", 0,
                [](auto& e) {
                  e.mutable_slots_opened()->mutable_slots(0)->set_end_unix_ms(
                      kNine + 62 * kMinute);
                }),
          "seat 2 in slot early of site hall is missed at 1626084060000 ms, "
          "before the slot's end"},
         {"MissedByOneWhoIsThere",
          Event("kim is there", 0,
                [](auto& e) {
                  e.mutable_seat_checked_in()->set_citizen_id("tom");
                  e.mutable_seat_checked_in()->set_seat(2);
                }),
          "seat 2 in slot early of site hall is missed, and its visit began"},
         {"SeatOfAVisitorGivenBack",
          Event("max cancels", 1,
                [](auto& e) {
                  auto& released = *e.mutable_seat_released();
                  released.set_citizen_id("max");
                  released.set_campaign_id("summer");
                  released.set_turn(2);
                  released.set_site_id("hall");
                  released.set_slot_id("early");
                  released.set_seat(3);
                  released.set_seat_turn(1);
                }),
          "a seat in slot early of site hall is given up, and its visit "
          "began"},
         {"StaysForAnotherReason",
          Event("max cancels", 2,
                [](auto& e) {
                  e.mutable_command_refused()->set_refusal(
                      v1::REFUSAL_SEAT_GONE);
                }),
          "a seat that is asked back stays, and its visit did not begin"},
         {"EndIsNotTold", Without("kim has the dose", 1),
          "4 events/1 at 4, event 5: the claim that it changed last has no "
          "seat"},
         {"EndWithoutADose", Without("kim has the dose", 0),
          "4 events/1 at 14, event 15: the claim that it changed last has no "
          "seat"},
         {"MissIsNotTold", Without("tom is missed", 1),
          "4 events/1 at 6, event 8: the claim that it changed last has no "
          "seat"},
         {"MissThatIsNone", Without("tom is missed", 0),
          "4 events/1 at 6, event 7: the seat that it changed last has no "
          "claim"},
         {"EndOfAnotherSeat",
          Event("kim has the dose", 1,
                [](auto& e) { e.mutable_fulfilled()->set_seat_turn(2); }),
          "2 events/1 at 14, event 15: it names seat 1 of slot early, taken "
          "under turn 2"},
         {"CancelsWhatIsFulfilled",
          Event("max cancels", 0,
                [](auto& e) {
                  e.mutable_release_asked()->set_citizen_id("kim");
                }),
          "citizen kim in campaign summer gives the seat back, and the claim "
          "is fulfilled"},
         {"CancelledAfterTheDose",
          Event("ann is refused", 0,
                [](auto& e) {
                  auto& cancelled = *e.mutable_cancelled();
                  cancelled.set_citizen_id("ann");
                  cancelled.set_campaign_id("summer");
                }),
          "the visit is over and cannot be cancelled"},
         {"AnotherAnswerToACheckIn",
          Confirmation("kim is there",
                       [](auto& c) { c.set_outcome(v1::OUTCOME_BOOKED); }),
          "its outcome is not what event"}})),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
