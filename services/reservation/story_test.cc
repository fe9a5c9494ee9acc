// Every command, every operation, every refusal that a citizen or an operator
// can meet, as stories; each is told on one shard and on several.

#include <gtest/gtest.h>

#include <string>

#include "services/reservation/story_expectation.h"

namespace slotlog {
namespace {

TEST(StoryTest, ASeatIsBookedOnce) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am  -> booked
    09:01 c2 book b1 s1/am  -> refused SLOT_FULL
    09:01 c2 book b2 s1/pm  -> booked
  )");
}

TEST(StoryTest, ManyWantTheLastSeatAtOnce) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm  -> booked
    09:01 c2 book b1 s1/pm  -> booked
    09:02 c3 book b1 s1/pm  -> refused SLOT_FULL
    +     c4 book b1 s1/pm  -> refused SLOT_FULL
  )");
}

TEST(StoryTest, OneActiveAppointmentInACampaign) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm  -> booked
    09:01 c1 book b2 s2/am  -> refused ALREADY_BOOKED
    09:02 c1 cancel x1      -> cancelled
    09:03 c1 book b3 s2/am  -> booked
  )");
}

TEST(StoryTest, TwoCampaignsAreTwoAppointments) {
  ExpectStory(R"(
    08:30 op campaign k2 19000101 20201231 09:00-10:00 -> done
    09:00 c1 book b1 s1/pm     -> booked
    09:00 c1 book b2 s1/pm k2  -> booked
    09:01 c1 cancel x1 k2      -> cancelled
    09:02 c2 book b1 s1/pm     -> booked
    09:03 c1 cancel x2         -> cancelled
  )");
}

TEST(StoryTest, TheCohortIsJudgedByBirthDateBothEndsIncluded) {
  ExpectStory(R"(
    09:00 c1:19611231 book b1 s1/pm  -> refused NOT_ELIGIBLE
    09:00 c2:19670101 book b1 s1/pm  -> refused NOT_ELIGIBLE
    09:00 c3:19620101 book b1 s1/pm  -> booked
    09:00 c4:19661231 book b1 s1/pm  -> booked
  )");
}

TEST(StoryTest, ThreeMinutesEarlyIsEarlyAndTheCloseIsExclusive) {
  ExpectStory(R"(
    08:57 c1 book b1 s1/pm  -> refused WINDOW_NOT_OPEN
    09:00 c1 book b2 s1/pm  -> booked
    09:01 c1 cancel x1      -> cancelled
    11:00 op slot s1/night 23:00-23:30 9 -> done
    17:59 c2 book b1 s1/night  -> booked
    18:00 c3 book b1 s1/night  -> refused WINDOW_OVER
  )");
}

TEST(StoryTest, AnUnknownCampaignIsNamed) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm other  -> refused CAMPAIGN_UNKNOWN
    09:00 c1 cancel b2 other      -> refused NOTHING_TO_CANCEL
  )");
}

TEST(StoryTest, TheSlotSaysWhyNot) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/dawn  -> refused SLOT_UNKNOWN
    09:00 c1 book b2 s9/am    -> refused SLOT_UNKNOWN
    12:00 c1 book b3 s1/am    -> refused SLOT_OVER
    12:01 op close s1/pm      -> done
    12:02 c1 book b4 s1/pm    -> refused SLOT_CLOSED
  )");
}

TEST(StoryTest, AppointmentsOfAClosedSlotStandAndCanBeCancelled) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm  -> booked
    09:01 op close s1/pm    -> done
    09:02 c1 book b2 s1/pm  -> refused ALREADY_BOOKED
    09:03 c1 cancel x1      -> cancelled
    09:04 c2 book b1 s1/pm  -> refused SLOT_CLOSED
  )");
}

TEST(StoryTest, ACancelledSeatIsTakenByAnother) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am  -> booked
    09:01 c1 cancel x1      -> cancelled
    09:02 c2 book b1 s1/am  -> booked
    09:03 c1 cancel x2      -> refused NOTHING_TO_CANCEL
    09:04 c2 cancel x1      -> cancelled
  )");
}

TEST(StoryTest, ARepeatedCommandGetsItsFirstAnswer) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am  -> booked
    09:01 c1 book b1 s1/am  -> booked again
    09:02 c1 cancel x1      -> cancelled
    09:03 c1 cancel x1      -> cancelled again
    09:04 c1 book b1 s1/am  -> booked again
    09:05 c2 book b1 s1/am  -> booked
    09:06 c3 book b1 s1/am  -> refused SLOT_FULL
    09:07 c2 cancel x1      -> cancelled
    09:08 c3 book b1 s1/am  -> refused SLOT_FULL again
    09:09 c3 book b2 s1/am  -> booked
  )");
}

TEST(StoryTest, ACommandIdUsedForSomethingElseIsRefused) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am  -> booked
    09:01 c1 book b1 s1/pm  -> refused COMMAND_ID_REUSED
    09:02 c1 cancel b1      -> refused COMMAND_ID_REUSED
    09:03 c1 book b1 s1/am  -> booked again
  )");
}

TEST(StoryTest, CommandsSentWhileOneIsUndecidedWaitForIt) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am  -> booked
    +     c1 book b1 s1/am  -> booked again
    +     c1 cancel x1      -> cancelled
    +     c1 book b2 s1/pm  -> booked
    +     c1 book b2 s1/pm  -> booked again
  )");
}

TEST(StoryTest, OperationsRefuseWhatDoesNotFit) {
  ExpectStory(R"(
    09:00 op slot s9/am 12:00-13:00 1  -> refused SITE_UNKNOWN open_slots.site_id
    09:00 op site s1                   -> done
    09:00 op site s1 Hall              -> refused SITE_EXISTS
    09:00 op slot s1/am 12:00-13:00 1  -> done
    09:00 op slot s1/am 12:00-13:00 5  -> refused SLOT_EXISTS am
    09:00 op capacity s1/dawn 3        -> refused SLOT_UNKNOWN
    09:00 op close s1/dawn             -> refused SLOT_UNKNOWN
    09:00 op campaign k 19620101 19661231 09:00-18:00 hold=900 -> done
    09:00 op campaign k 19620101 19671231 09:00-18:00 -> refused CAMPAIGN_EXISTS
  )");
}

TEST(StoryTest, CapacityNeverGoesBelowTheSeatsTaken) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm    -> booked
    09:00 c2 book b1 s1/pm    -> booked
    09:01 op capacity s1/pm 1 -> refused CAPACITY_BELOW_SEATS_TAKEN
    09:02 op capacity s1/pm 3 -> done
    09:02 op capacity s1/pm 3 -> done
    09:03 c3 book b1 s1/pm    -> booked
    09:04 c1 cancel x1        -> cancelled
    09:05 op capacity s1/pm 2 -> done
    09:06 c4 book b1 s1/pm    -> refused SLOT_FULL
    09:07 op capacity s1/pm 0 -> refused CAPACITY_BELOW_SEATS_TAKEN
  )");
}

TEST(StoryTest, NonsenseIsRefusedByTheFieldAtFault) {
  ExpectStory(R"(
    09:00 c1:19620230 book b1 s1/pm    -> refused DATE_OUT_OF_RANGE profile.birth_date_yyyymmdd
    09:00 c1:0 book b1 s1/pm           -> refused DATE_OUT_OF_RANGE profile.birth_date_yyyymmdd
    09:00 op slot s1/x 13:00-12:00 1   -> refused INTERVAL_NOT_POSITIVE open_slots.slots[0].end_unix_ms
    09:00 op slot s1/x 12:00-13:00 -1  -> refused CAPACITY_OUT_OF_RANGE open_slots.slots[0].capacity
    09:00 op capacity s1/pm 1000001    -> refused CAPACITY_OUT_OF_RANGE change_capacity.capacity
    09:00 op campaign z 20000101 19990101 09:00-18:00 -> refused INTERVAL_NOT_POSITIVE define_campaign.campaign.cohorts[0].born_to_yyyymmdd
  )");
}

TEST(StoryTest, IdsOfAbsurdLengthAreRefusedAndHarmNothing) {
  const std::string id(129, 'x');
  ExpectStory(
      "09:00 " + id + " book b1 s1/pm -> refused ID_TOO_LONG citizen_id\n" +
      "09:00 c1 book " + id + " s1/pm -> refused ID_TOO_LONG command_id\n" +
      "09:00 c1 book b1 " + id + "/pm -> refused ID_TOO_LONG book.site_id\n" +
      "09:00 c1 book b2 s1/" + id + " -> refused ID_TOO_LONG book.slot_id\n" +
      "09:00 c1 book b3 s1/pm " + id +
      " -> refused ID_TOO_LONG book.campaign_id\n" + "09:00 c1 cancel b4 " +
      id + " -> refused ID_TOO_LONG cancel.campaign_id\n" + "09:00 op site " +
      id + " -> refused ID_TOO_LONG define_site.site_id\n" +
      "09:01 c1 book b1 s1/pm -> booked\n");
}

}  // namespace
}  // namespace slotlog
