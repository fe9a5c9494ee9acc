#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    Capacity, ViolationTest,
    testing::Values(
        Violation{"MoreSeatsThanCapacity",
                  Event("hall is open", 2,
                        [](auto& e) {
                          e.mutable_capacity_changed()->set_capacity(0);
                        }),
                  "1 events/1 at 4, event 6: slot early of site hall has 1 "
                  "seats taken and a capacity of 0"},
        Violation{"CapacityBelowSeatsTaken",
                  Event("kim is refused", 1,
                        [](auto& e) {
                          auto& changed = *e.mutable_capacity_changed();
                          changed.set_site_id("hall");
                          changed.set_slot_id("early");
                        }),
                  "1 events/1 at 6, event 8: slot early of site hall has 1 "
                  "seats taken, and its capacity becomes 0"},
        Violation{"SeatInAClosedSlot",
                  Event("hall is open", 3,
                        [](auto& e) {
                          e.mutable_slot_closed()->set_slot_id("early");
                        }),
                  "1 events/1 at 4, event 6: slot early of site hall is "
                  "closed"},
        Violation{
            "SeatInAnUnknownSlot",
            Event("ann's seat", 0,
                  [](auto& e) { e.mutable_seat_taken()->set_slot_id("none"); }),
            "1 events/1 at 4, event 6: slot none of site hall is not "
            "known"},
        Violation{
            "SlotOpenedTwice",
            Event("hall is open", 1,
                  [](auto& e) {
                    e.mutable_slots_opened()->mutable_slots(1)->set_slot_id(
                        "early");
                  }),
            "1 events/1 at 2, event 3: slot early of site hall is opened "
            "again"},
        Violation{"SiteInAnotherShard",
                  Event("hall is open", 1,
                        [](auto& e) {
                          e.mutable_slots_opened()->set_site_id("gym");
                        }),
                  "1 events/1 at 2, event 3: site gym is not at home"},
        Violation{
            "SeatGivenBackUnderAnotherTurn",
            Event("ann's seat is back", 0,
                  [](auto& e) { e.mutable_seat_released()->set_seat_turn(7); }),
            "1 events/1 at 10, event 11: citizen ann gives back a seat "
            "of turn 7"},
        Violation{"SecondSeatOfOneClaim",
                  Event("kim is refused", 1,
                        [](auto& e) {
                          auto& taken = *e.mutable_seat_taken();
                          taken.set_citizen_id("ann");
                          taken.set_campaign_id("summer");
                        }),
                  "1 events/1 at 6, event 8: citizen ann holds a seat in "
                  "campaign summer already, since event 6"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    OneClaim, ViolationTest,
    testing::Values(
        Violation{"AsksWhileBooked",
                  Event("ann is booked", 1,
                        [](auto& e) {
                          auto& asked = *e.mutable_seat_asked();
                          asked.set_citizen_id("ann");
                          asked.set_campaign_id("summer");
                          asked.set_turn(2);
                        }),
                  "2 events/0 at 6, event 6: citizen ann in campaign summer "
                  "asks for a seat, and the claim is booked since event 5"},
        Violation{"TurnIsSkipped",
                  Event("ann asks", 0,
                        [](auto& e) { e.mutable_seat_asked()->set_turn(2); }),
                  "2 events/0 at 4, event 3: turn 2 of citizen ann in campaign "
                  "summer follows turn 0"},
        Violation{"BookedUnderAnotherTurn",
                  Event("ann is booked", 0,
                        [](auto& e) { e.mutable_booked()->set_turn(9); }),
                  "2 events/0 at 6, event 5: it ends turn 9"},
        Violation{"BookedWithoutBeingAsked",
                  Event("ann asks", 0, [](auto& e) { e.clear_body(); }),
                  "2 events/0 at 6, event 5: citizen ann in campaign summer is "
                  "booked, and the claim is idle"},
        Violation{
            "GivesBackWhatIsNotBooked",
            Event("ann gives back", 0,
                  [](auto& e) { e.mutable_release_asked()->set_seat_turn(4); }),
            "2 events/0 at 10, event 8: the seat of turn 4"},
        Violation{"CitizenOfAnotherShard",
                  Event("ann asks", 0,
                        [](auto& e) {
                          e.mutable_seat_asked()->set_citizen_id("kim");
                        }),
                  "2 events/0 at 4, event 3: citizen kim is not at home"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Window, ViolationTest,
    testing::Values(
        Violation{"AskedBeforeTheWindow",
                  Event("summer is defined", 0,
                        [](auto& e) {
                          e.mutable_campaign_defined()
                              ->mutable_campaign()
                              ->set_opens_unix_ms(1'626'080'460'001);
                        }),
                  "6 events/0 at 6, event 5: citizen ann is booked: asked at "
                  "1626080460000 ms, outside the window"},
        Violation{"AskedWhenTheWindowCloses",
                  Event("summer is adopted", 0,
                        [](auto& e) {
                          e.mutable_campaign_adopted()
                              ->mutable_campaign()
                              ->set_closes_unix_ms(1'626'080'700'000);
                        }),
                  "6 events/1 at 12, event 14: citizen kim is booked: asked at "
                  "1626080700000 ms, outside the window"},
        Violation{"BornTooLate",
                  [](HandmadeHistory& history) {
                    history.ChangeCommand("kim again", [](auto& command) {
                      command.mutable_profile()->set_birth_date_yyyymmdd(
                          19670101);
                    });
                  },
                  "6 events/1 at 12, event 14: citizen kim is booked: born "
                  "19670101"},
        Violation{
            "CampaignUnknown",
            Event("summer is adopted", 0, [](auto& e) { e.clear_body(); }),
            "6 events/1 at 12, event 14: citizen kim is booked: campaign "
            "summer is not known"},
        Violation{"AnotherStampThanTheCommands",
                  Event("kim is booked", 2,
                        [](auto& e) { e.set_asked_at_unix_ms(1); }),
                  "6 events/1 at 12, event 14: it says it was asked at 1 ms; "
                  "its cause was asked at 1626080700000 ms"},
        Violation{
            "MessageWithAnotherStamp",
            Change("ann's seat",
                   [](auto& t) {
                     t.messages[0].mutable_messages(0)->set_asked_at_unix_ms(
                         1'626'080'460'007);
                   }),
            "6 events/0 at 6, event 5: it says it was asked at"},
        Violation{
            "AnotherCommandsDigest",
            Event("kim is booked", 0, [](auto& e) { e.set_command_digest(1); }),
            "6 events/1 at 12, event 12: its command_digest is "
            "0000000000000001"}),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
