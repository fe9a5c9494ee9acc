#include "tools/verify/day_parts.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

/// Makes the event a seat taken in the hall by ida.
std::function<void(v1::Event&)> TakeSeat(const std::string& slot, int seat) {
  return [=](v1::Event& event) {
    v1::SeatTaken& taken = *event.mutable_seat_taken();
    taken.set_citizen_id("ida");
    taken.set_campaign_id("summer");
    taken.set_turn(1);
    taken.set_site_id("hall");
    taken.set_slot_id(slot);
    taken.set_seat(seat);
  };
}

INSTANTIATE_TEST_SUITE_P(
    Closings, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteClosings,
        {{"ShrunkBelowTheSeatsTaken",
          Event("early shrinks", 0,
                [](auto& e) {
                  e.mutable_capacity_changed()->set_release_excess(false);
                }),
          "slot early of site hall has 3 seats taken, and its capacity becomes "
          "1"},
         {"TakenWhileItShrinks",
          Event("early shrinks on", 0, TakeSeat("early", 4)),
          "slot early of site hall has 3 seats taken and a capacity of 2"},
         {"AnEarlierSeatGoesFirst",
          Event("early shrinks", 1,
                [](auto& e) {
                  e.mutable_seat_withdrawn()->set_citizen_id("tom");
                  e.mutable_seat_withdrawn()->set_seat(2);
                }),
          "seat 2 in slot early of site hall is taken back before seat 3, "
          "which is later"},
         {"MoreThanTheExcess",
          Event("early shrinks", 0,
                [](auto& e) { e.mutable_capacity_changed()->set_capacity(2); }),
          "seat 2 in slot early of site hall is taken back for "
          "NOTICE_KIND_CAPACITY_LOWERED, and that is not so"},
         {"LessThanTheExcess", Without("early shrinks on", 0),
          "the agenda is done, and 1 seats were not taken back in slot early "
          "of site hall"},
         {"TakenBackForAnotherReason",
          Event("early shrinks", 1,
                [](auto& e) {
                  e.mutable_seat_withdrawn()->set_reason(
                      v1::NOTICE_KIND_SLOT_CLOSED);
                }),
          "seat 3 in slot early of site hall is taken back for "
          "NOTICE_KIND_SLOT_CLOSED, and that is not so"},
         {"TakenBackWithoutAClosing",
          Event("night closes", 0,
                [](auto& e) { e.mutable_slot_closed()->set_withdraw(false); }),
          "seat 1 in slot night of site hall is taken back for "
          "NOTICE_KIND_SLOT_CLOSED, and that is not so"},
         {"TakenBackFromAVisitor",
          Event("early shrinks slowly", 0,
                [](auto& e) {
                  auto& checked_in = *e.mutable_seat_checked_in();
                  checked_in.set_citizen_id("kim");
                  checked_in.set_campaign_id("summer");
                  checked_in.set_site_id("hall");
                  checked_in.set_slot_id("early");
                  checked_in.set_seat(1);
                }),
          "a seat in slot early of site hall is given up, and its visit "
          "began"},
         {"TakenInAClosedSite",
          Event("max is rescheduled", 0, TakeSeat("late", 2)),
          "slot late of site hall is closed, and a seat is taken"},
         {"TakenInAClosedSlot", Event("max moves", 0, TakeSeat("night", 2)),
          "slot night of site hall is closed, and a seat is taken"},
         {"LeftInAClosedSlot", Without("night closes", 1),
          "the agenda is done, and 1 seats were not taken back in slot night "
          "of site hall"},
         {"LeftInAClosedSite", Without("hall closes", 3),
          "the agenda is done, and 1 seats were not taken back in a slot of "
          "site hall"},
         {"LossIsNotTold", Without("ann hears", 0),
          "4 events/0 at 8, event 5: the claim that it changed last has no "
          "seat"},
         {"LossThatIsNone", Without("early shrinks", 1),
          "4 events/1 at 8, event 9: the seat that it changed last has no "
          "claim"},
         {"LossOfAnotherSeat",
          Event("ann hears", 0,
                [](auto& e) { e.mutable_seat_lost()->set_seat_turn(3); }),
          "2 events/0 at 10, event 6: it names seat 3 of slot early, taken "
          "under turn 3"},
         {"LossWhileReleasing",
          Event("max moves", 0,
                [](auto& e) {
                  auto& asked = *e.mutable_release_asked();
                  asked.set_citizen_id("max");
                  asked.set_campaign_id("summer");
                  asked.set_turn(2);
                }),
          "citizen max in campaign summer loses the seat, and the claim is "
          "releasing"},
         {"MovedWithoutLeaving", Without("hall closes", 4),
          "the old seat was not given back"},
         {"LossTwice",
          Event("hall closes", 4,
                [](auto& e) { e.mutable_seat_lost()->set_citizen_id("kim"); }),
          "citizen kim in campaign summer loses the seat, and the claim is "
          "idle"}})),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
