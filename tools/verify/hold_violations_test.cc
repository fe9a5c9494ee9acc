#include "tools/verify/day_parts.h"
#include "tools/verify/violation_test_support.h"

// What is wrong with holds, with the agenda that ends them, and with the
// notices that tell of it.

namespace slotlog::verify {
namespace {

TEST_P(ViolationTest, IsFoundAtItsPlace) { ExpectFound(); }

INSTANTIATE_TEST_SUITE_P(
    Holds, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteHolds,
        {{"ConfirmedAtTheDeadline",
          Event("ann holds", 0,
                [](auto& e) {
                  e.mutable_held()->set_deadline_unix_ms(kNine + 10 * kMinute);
                }),
          "2 events/0 at 10, event 6: confirmed by a command asked at "
          "1626081000000 ms; the hold's deadline was 1626081000000 ms"},
         {"ExpiresBeforeItsDeadline",
          Event("tom holds", 2,
                [](auto& e) {
                  e.mutable_held()->set_deadline_unix_ms(kNine + 22 * kMinute +
                                                         1);
                }),
          "the hold expires at 1626081720000 ms of the line's time, before its "
          "deadline 1626081720001 ms"},
         {"ShorterThanTheCampaignSays",
          Event("kim holds", 2,
                [](auto& e) {
                  auto& held = *e.mutable_held();
                  held.set_deadline_unix_ms(held.deadline_unix_ms() - 1);
                }),
          "6 events/1 at 4, event 5: citizen kim has a hold until"},
         {"BookedWhereAHoldWasAsked",
          Event("kim holds", 2,
                [](auto& e) {
                  auto& booked = *e.mutable_booked();
                  booked.set_citizen_id("kim");
                  booked.set_campaign_id("summer");
                }),
          "2 events/1 at 4, event 5: a hold was asked for, not a booking"},
         {"HeldWhereABookingWasAsked",
          Event("kim holds", 0,
                [](auto& e) { e.mutable_seat_asked()->set_hold(false); }),
          "2 events/1 at 4, event 5: a booking was asked for, not a hold"},
         {"HeldOutsideTheWindow",
          Event("summer is adopted", 0,
                [](auto& e) {
                  e.mutable_campaign_adopted()
                      ->mutable_campaign()
                      ->mutable_rounds(0)
                      ->set_closes_unix_ms(kNine);
                }),
          "6 events/1 at 4, event 3: citizen kim may book: asked at "
          "1626080460000 ms, outside the window"},
         {"VisitOfASeatThatIsOnlyHeld",
          Event("tom's hold ends", 4,
                [](auto& e) {
                  auto& fulfilled = *e.mutable_fulfilled();
                  fulfilled.set_citizen_id("tom");
                  fulfilled.set_campaign_id("summer");
                }),
          "the visit ends of a seat that is only held"},
         {"ConfirmsAnotherSeat",
          Event("kim confirms", 0,
                [](auto& e) { e.mutable_hold_confirmed()->set_seat(2); }),
          "2 events/1 at 6, event 6: it names seat 2 of slot early"},
         {"ConfirmedTwice",
          Event("ida moves", 0,
                [](auto& e) {
                  auto& confirmed = *e.mutable_hold_confirmed();
                  confirmed.set_citizen_id("kim");
                  confirmed.set_campaign_id("summer");
                }),
          "citizen kim in campaign summer is confirmed, and the claim is "
          "booked "
          "since event 6, not held"},
         {"GivenBackUnderAnotherTurn",
          Event("tom's hold ends", 4,
                [](auto& e) { e.mutable_hold_given_back()->set_turn(5); }),
          "it ends turn 5 for the command at -1"},
         {"PutOffWithoutAConversation", Without("ida moves", 0),
          "the hold of turn 1 is put off; the claim of citizen ida is held"},
         {"SeatIsNeverConfirmed", Without("ann's seat is confirmed", 0),
          "4 events/0 at 10, event 6: the claim that it changed last has no "
          "seat"},
         {"SeatConfirmedThatIsNotHeld",
          Event("ann's seat", 0,
                [](auto& e) { e.mutable_seat_taken()->set_hold(false); }),
          "seat 2 in slot early of site hall is confirmed, and is not held"},
         {"AnotherDeadlineIsTold",
          Confirmation("kim holds", [](auto& c) { c.set_deadline_unix_ms(1); }),
          "3 confirmations/1 at 2: its deadline is not what event 5 says"},
         {"AnotherSeatIsTold",
          Confirmation("kim confirms", [](auto& c) { c.set_seat(2); }),
          "its seat is not what event 6 says"}})),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Agenda, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteHolds,
        {{"ExpiredByACommand",
          Event("tom's hold ends", 2,
                [](auto& e) {
                  e.set_cause_topic(v1::TOPIC_COMMANDS);
                  e.set_cause_offset(4);
                }),
          "5 events/1 at 16, event 16: only a step of the agenda decides this"},
         {"StepIsSkipped",
          Event("tom's hold ends", 9, [](auto& e) { e.set_cause_offset(2); }),
          "5 events/1 at 16, event 23: step 2 of the agenda stands where 1 is "
          "next"},
         {"StepOfAnEarlierBatch",
          Event("ida is put off", 0, [](auto& e) { e.set_cause_offset(1); }),
          "step 1 of the agenda stands where 2 is next"},
         {"StepsAreNotCounted",
          Change("tom's hold ends",
                 [](auto& t) { t.batch.set_agenda_steps(1); }),
          "5 events/1 at 16: it counts 1 steps of the agenda; its events show "
          "2"},
         {"StepsGoBack",
          Change("ida moves", [](auto& t) { t.batch.set_agenda_steps(1); }),
          "the agenda's steps went back from 2 to 1"},
         {"StepBeforeAnInput",
          Change("tom's hold ends",
                 [](auto& t) { t.batch.mutable_events()->SwapElements(1, 2); }),
          "an input of the batch is decided after a step of the agenda"},
         {"StepAtAnotherTime",
          Event("tom's hold ends", 9,
                [](auto& e) { e.set_asked_at_unix_ms(1); }),
          "5 events/1 at 16, event 23: a step of the agenda at 1 ms"},
         {"StepNamesARecord",
          Event("tom's hold ends", 9, [](auto& e) { e.set_command_digest(1); }),
          "5 events/1 at 16, event 23: a step of the agenda names a record"}})),
    NameOfCase);

v1::Notice& NoticeIn(HandmadeTransaction& transaction) {
  for (auto& record : transaction.confirmations) {
    if (record.has_notice()) return *record.mutable_notice();
  }
  return *transaction.confirmations[0].mutable_notice();
}

INSTANTIATE_TEST_SUITE_P(
    Notices, ViolationTest,
    testing::ValuesIn(OnDay(
        WriteHolds,
        {{"NoNotice",
          Change("tom's hold ends",
                 [](auto& t) {
                   *t.confirmations[1].mutable_confirmation() =
                       t.confirmations[0].confirmation();
                 }),
          "3 events/1 at 16, event 16: no notice says so to the citizen"},
         {"TwoNotices",
          Change("ida's hold ends",
                 [](auto& t) {
                   auto& again = t.confirmations.emplace_back();
                   again = t.confirmations[1];
                   again.set_number(again.number() + 1);
                   t.batch.set_confirmations_sent(again.number());
                 }),
          "which it names, has a notice already"},
         {"NoticeOfNoNews",
          Change("tom's hold ends",
                 [](auto& t) { NoticeIn(t).set_cause_sequence(17); }),
          "event 17, which it names, is no news"},
         {"NoticeOfAnotherBatch",
          Change("tom's hold ends",
                 [](auto& t) { NoticeIn(t).set_cause_sequence(5); }),
          "it names event 5 of shard 1, which is not of the batch"},
         {"NoticeOfAnotherShard",
          Change("tom's hold ends",
                 [](auto& t) { NoticeIn(t).set_cause_shard(0); }),
          "it names event 16 of shard 0, which is not of the batch"},
         {"NoticeOfAnotherKind",
          Change("tom's hold ends",
                 [](auto& t) { NoticeIn(t).set_kind(v1::NOTICE_KIND_MISSED); }),
          "its kind is not what event 16 says"},
         {"NoticeToAnotherCitizen",
          Change("tom's hold ends",
                 [](auto& t) { NoticeIn(t).set_citizen_id("kim"); }),
          "its citizen_id is not what event 16 says"},
         {"NoticeOfAnotherSeat",
          Change("tom's hold ends", [](auto& t) { NoticeIn(t).set_seat(9); }),
          "its seat is not what event 16 says"}})),
    NameOfCase);

}  // namespace
}  // namespace slotlog::verify
