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
            "1 events/1 at 10, event 11: citizen ann gives back seat 1 in slot "
            "early of site hall under turn 7"},
        Violation{
            "SeatNumberGivenTwice",
            Event("kim is booked", 1,
                  [](auto& e) { e.mutable_seat_taken()->set_seat(1); }),
            "1 events/1 at 12, event 13: seat 1 in slot early of site hall is "
            "taken where 2 is the next number"},
        Violation{
            "SeatNumberSkipped",
            Event("ann's seat", 0,
                  [](auto& e) { e.mutable_seat_taken()->set_seat(3); }),
            "1 events/1 at 4, event 6: seat 3 in slot early of site hall is "
            "taken where 1 is the next number"}),
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
            "2 events/0 at 10, event 8: it names seat 1 of slot early, taken "
            "under turn 4"},
        Violation{"CitizenOfAnotherShard",
                  Event("ann asks", 0,
                        [](auto& e) {
                          e.mutable_seat_asked()->set_citizen_id("kim");
                        }),
                  "2 events/0 at 4, event 3: citizen kim is not at home"}),
    NameOfCase);

/// In the sites' shard the campaign limits them, and all that it takes and
/// gives back is counted.
MakeViolation Limited(std::function<void(v1::Campaign&)> limit,
                      bool gives_back = true) {
  return [=](HandmadeHistory& history) {
    Event("summer is adopted", 0, [=](auto& e) {
      limit(*e.mutable_campaign_adopted()->mutable_campaign());
    })(history);
    const auto count = [](v1::SeatTaken& taken) {
      taken.set_is_counted(true);
      taken.set_campaign_version(1);
    };
    Event("ann's seat", 0,
          [=](auto& e) { count(*e.mutable_seat_taken()); })(history);
    Event("ann's seat is back", 0, [=](auto& e) {
      e.mutable_seat_released()->set_is_counted(true);
      if (!gives_back) e.clear_body();
    })(history);
    Event("kim is booked", 1,
          [=](auto& e) { count(*e.mutable_seat_taken()); })(history);
  };
}

INSTANTIATE_TEST_SUITE_P(
    Supply, ViolationTest,
    testing::Values(
        Violation{"SeatOfALimitedCampaignIsNotCounted",
                  Event("summer is adopted", 0,
                        [](auto& e) {
                          e.mutable_campaign_adopted()
                              ->mutable_campaign()
                              ->set_seats_per_site_and_day(9);
                        }),
                  "1 events/1 at 4, event 6: campaign summer counts what it "
                  "takes of sites, and this seat is not counted"},
        Violation{"SeatOfACampaignWithoutLimitsIsCounted",
                  Event("ann's seat", 0,
                        [](auto& e) {
                          e.mutable_seat_taken()->set_is_counted(true);
                        }),
                  "campaign summer does not count what it takes of sites, and "
                  "this seat is counted"},
        Violation{"MoreThanTheShare",
                  Limited(
                      [](auto& c) {
                        c.mutable_rounds(0)->set_capacity_share_permille(1);
                      },
                      /*gives_back=*/false),
                  "campaign summer has 2 of the 1 seats of site hall, and its "
                  "round 0 opens 1 in a thousand"},
        Violation{"OfADayThatIsNotTold",
                  Limited([](auto& c) { c.set_seats_per_site_and_day(9); }),
                  "campaign summer has 1 seats of site hall on day 0, and its "
                  "limit is 9"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Window, ViolationTest,
    testing::Values(
        Violation{"AskedBeforeTheWindow",
                  Event("summer is defined", 0,
                        [](auto& e) {
                          e.mutable_campaign_defined()
                              ->mutable_campaign()
                              ->mutable_rounds(0)
                              ->set_opens_unix_ms(1'626'080'460'001);
                        }),
                  "6 events/0 at 4, event 3: citizen ann may book: asked at "
                  "1626080460000 ms, outside the window"},
        Violation{"AskedWhenTheWindowCloses",
                  Event("summer is adopted", 0,
                        [](auto& e) {
                          e.mutable_campaign_adopted()
                              ->mutable_campaign()
                              ->mutable_rounds(0)
                              ->set_closes_unix_ms(1'626'080'700'000);
                        }),
                  "6 events/1 at 12, event 12: citizen kim may book: asked at "
                  "1626080700000 ms, outside the window"},
        Violation{
            "BornTooLate",
            [](HandmadeHistory& history) {
              history.ChangeCommand("kim again", [](auto& command) {
                command.mutable_profile()->set_birth_date_yyyymmdd(19670101);
              });
            },
            "6 events/1 at 12, event 12: citizen kim may book: judged was "
            "another profile than the command's"},
        Violation{
            "CampaignUnknown",
            Event("summer is adopted", 0, [](auto& e) { e.clear_body(); }),
            "6 events/1 at 12, event 12: citizen kim may book: campaign summer "
            "is not known"},
        Violation{"JudgedByAnotherVersion",
                  Event("ann asks", 0,
                        [](auto& e) {
                          e.mutable_seat_asked()
                              ->mutable_judged()
                              ->set_campaign_version(2);
                        }),
                  "6 events/0 at 4, event 3: citizen ann may book: judged by "
                  "version 2 of campaign summer, and 1 was valid"},
        Violation{"OfNoCohortThatThereIs",
                  Event("ann asks", 0,
                        [](auto& e) {
                          e.mutable_seat_asked()->mutable_judged()->set_cohort(
                              1);
                        }),
                  "6 events/0 at 4, event 3: citizen ann may book: there is no "
                  "cohort 1"},
        Violation{"ToldThatItIsNotTheirTurnWhenItIs",
                  Event("kim is refused", 2,
                        [](auto& e) {
                          auto& refused = *e.mutable_command_refused();
                          refused.set_refusal(v1::REFUSAL_WINDOW_NOT_OPEN);
                          refused.mutable_judged()->set_campaign_version(1);
                        }),
                  "citizen kim is refused REFUSAL_WINDOW_NOT_OPEN: campaign "
                  "summer admits them"},
        Violation{"BookedWithoutHavingBeenLetThrough",
                  Event("kim is booked", 0, [](auto& e) { e.clear_body(); }),
                  "6 events/1 at 12, event 14: citizen kim is booked: no wish "
                  "of 1626080700000 ms was let through"},
        Violation{
            "AdoptedOtherwiseThanAnnounced",
            Event("summer is adopted", 0,
                  [](auto& e) {
                    e.mutable_campaign_adopted()->mutable_campaign()->set_dose(
                        1);
                  }),
            "6 events/1 at 0, event 1: campaign summer is adopted "
            "otherwise than it was announced"},
        Violation{"AVersionLeftOut",
                  Event("summer is adopted", 0,
                        [](auto& e) {
                          e.mutable_campaign_adopted()->set_version(2);
                        }),
                  "6 events/1 at 0, event 1: version 2 of campaign summer "
                  "comes where 1 is the next"},
        Violation{"AChangeThatCountsBeforeItIsDecided",
                  Event("summer is known", 0,
                        [](auto& e) {
                          auto& changed = *e.mutable_campaign_changed();
                          changed.mutable_campaign()->set_campaign_id("summer");
                          changed.set_version(2);
                          changed.set_effective_unix_ms(7);
                        }),
                  "6 events/0 at 2, event 2: version 2 of campaign summer "
                  "counts from 7 ms, and should from 1626078600000 ms"},
        Violation{"AnotherStampThanTheCommands",
                  Event("kim is booked", 2,
                        [](auto& e) { e.set_asked_at_unix_ms(1); }),
                  "6 events/1 at 12, event 14: it says it was asked at 1 ms; "
                  "what it follows from was asked at 1626080700000 ms"},
        Violation{
            "MessageWithAnotherStamp",
            Change("ann asks",
                   [](auto& t) {
                     t.messages[1].mutable_messages(0)->set_asked_at_unix_ms(
                         1'626'080'460'007);
                   }),
            "6 events/1 at 4, event 6: it says it was asked at"},
        Violation{
            "AnotherCommandsDigest",
            Event("kim is booked", 0, [](auto& e) { e.set_command_digest(1); }),
            "6 events/1 at 12, event 12: its command_digest is "
            "0000000000000001"}),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
