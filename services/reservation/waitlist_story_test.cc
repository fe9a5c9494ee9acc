// Those who wait: for a slot, a site or a region; what they are offered, and
// when. And the next dose, which is offered to those who do not ask.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/reservation/story_expectation.h"

namespace slotlog {
namespace {

/// Campaign w offers seats for ten minutes.
constexpr char kOffers[] =
    "08:30 op campaign w 19620101 19661231 09:00-18:00 hold=900 offer=600 "
    "chances=3 -> done\n";

void ExpectWaitStory(const std::string& story) { ExpectStory(kOffers + story); }

TEST(WaitlistStoryTest, ASeatGivenBackIsOfferedToWhoWaitsForTheSlot) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:02 c3 wait w3 s1/am w -> waiting
    09:03 c1 cancel x1 w     -> cancelled
    09:04 c5 book b5 s1/am w -> refused SLOT_FULL
    09:05 tick               -> c2 OFFERED s1/am
    09:06 c2 confirm f2 w    -> booked
  )");
}

/// On one shard, where nothing comes between.
TEST(WaitlistStoryTest, NobodyElseTakesASeatThatIsOnOffer) {
  const std::string story = std::string(kOffers) + R"(
  09:00 c1 book b1 s1/am w -> booked
  09:01 c2 wait w2 s1/am w -> waiting
  09:03 c1 cancel x1 w -> cancelled
  + c4 book b4 s1/am w -> refused SEATS_ON_OFFER
)";
  const std::string told = TellStory(story, ShardCount{1});
  EXPECT_THAT(told, testing::HasSubstr("b4 s1/am w -> refused SEATS_ON_OFFER"));
}

TEST(WaitlistStoryTest, AnOfferThatIsNotConfirmedPassesOn) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:01 c3 wait w3 s1/am w -> waiting
    09:02 c1 cancel x1 w     -> cancelled
    09:03 tick               -> c2 OFFERED s1/am
    09:12 tick               -> c2 HOLD_EXPIRED s1/am, c3 OFFERED s1/am
    09:13 c2 confirm f2 w    -> refused HOLD_EXPIRED
    09:14 c3 confirm f3 w    -> booked
    09:15 c2 leave l2 w      -> refused NOT_WAITING
  )");
}

/// While he tried to move, his seat was taken back, offered to him again and
/// taken back once more.
TEST(WaitlistStoryTest, AnOfferTakenBackBeforeItIsHeardOfEndsTheWait) {
  ExpectWaitStory(R"(
    08:40 op slot s1/full 16:00-17:00 1 -> done
    09:00 c9 book b9 s1/full w     -> booked
    09:00 c2 book b2 s1/pm w       -> booked
    09:01 c2 reschedule r2 s1/full w -> refused SLOT_FULL
    09:01:01 op capacity s1/pm 0 release -> done
    09:01:01 op capacity s1/pm 1   -> done
    09:01:01 op capacity s1/pm 0 release -> done
    09:01:10 tick                  -> c2 CAPACITY_LOWERED s1/pm, c2 CAPACITY_LOWERED s1/pm
    09:02 c2 leave l2 w            -> refused NOT_WAITING
    09:03 c2 wait w2 s1 w          -> waiting
    09:04 op capacity s1/pm 1      -> done
    09:05 tick                     -> c2 OFFERED s1/pm
  )");
}

TEST(WaitlistStoryTest, ACampaignThatEndsItsOffersOffersNothing) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:02 op change w 09:10 19620101 19661231 09:00-18:00 offer=0 -> done
    09:10 tick               -> nothing
    09:10 c1 cancel x1 w     -> cancelled
    09:11 tick               -> nothing
    09:12 c3 book b3 s1/am w -> booked
    09:13 op change w 09:20 19620101 19661231 09:00-18:00 offer=600 -> done
    09:20 tick               -> nothing
    09:20 c3 cancel x3 w     -> cancelled
    09:21 tick               -> c2 OFFERED s1/am
  )");
}

TEST(WaitlistStoryTest, AnOfferCanBeDeclinedByCancelling) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:01 c3 wait w3 s1/am w -> waiting
    09:02 c1 cancel x1 w     -> cancelled
    09:03 c2 cancel x2 w     -> cancelled
    09:04 tick               -> c2 OFFERED s1/am, c3 OFFERED s1/am
  )");
}

TEST(WaitlistStoryTest, WhoBookedMeanwhileIsPassedOver) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:01 c3 wait w3 s1/am w -> waiting
    09:02 c2 book b2 s1/pm w -> booked
    09:03 c1 cancel x1 w     -> cancelled
    09:04 tick               -> c3 OFFERED s1/am
  )");
}

TEST(WaitlistStoryTest, WhoLeftIsPassedOver) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w -> booked
    09:01 c2 wait w2 s1/am w -> waiting
    09:01 c3 wait w3 s1/am w -> waiting
    09:02 c2 leave l2 w      -> left
    09:02 c2 leave l3 w      -> refused NOT_WAITING
    09:03 c1 cancel x1 w     -> cancelled
    09:04 tick               -> c3 OFFERED s1/am
    09:05 c2 wait w4 s1/am w -> waiting
  )");
}

TEST(WaitlistStoryTest, TheSlotComesBeforeTheSiteAndTheSiteBeforeTheRegion) {
  ExpectWaitStory(R"(
    08:40 op site s3 North north        -> done
    08:40 op slot s3/am 12:00-13:00 1   -> done
    09:00 c1 book b1 s3/am w            -> booked
    09:01 c2 wait w2 =north w           -> waiting
    09:02 c3 wait w3 s3 w               -> waiting
    09:03 c4 wait w4 s3/am w            -> waiting
    09:04 c1 cancel x1 w                -> cancelled
    09:05 tick                          -> c4 OFFERED s3/am
    09:06 c4 cancel x4 w                -> cancelled
    09:07 tick                          -> c3 OFFERED s3/am
    09:08 c3 cancel x3 w                -> cancelled
    09:09 tick                          -> c2 OFFERED s3/am
    09:10 c2 confirm f2 w               -> booked
  )");
}

TEST(WaitlistStoryTest, OnlySlotsWithinTheTimesAreOffered) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w              -> booked
    09:00 c2 wait w2 s1 w 13:00-15:00     -> waiting
    09:00 c3 wait w3 s1 w 11:00-12:30     -> waiting
    09:01 c1 cancel x1 w                  -> cancelled
    09:02 tick                            -> c3 OFFERED s1/am
    09:03 op slot s1/eve 14:00-15:00 1    -> done
    09:04 tick                            -> c2 OFFERED s1/eve
  )");
}

TEST(WaitlistStoryTest, LeftoverDosesGoToTheRegion) {
  ExpectWaitStory(R"(
    08:40 op site s3 North north        -> done
    08:40 op slot s3/am 12:00-13:00 1   -> done
    09:00 c1 book b1 s3/am w            -> booked
    09:01 c2 wait w2 =north w           -> waiting
    09:01 c3 wait w3 =south w           -> waiting
    09:02 op capacity s3/am 3           -> done
    09:03 tick                          -> c2 OFFERED s3/am
    09:04 c4 book b4 s3/am w            -> booked
    09:04 c5 book b5 s3/am w            -> refused SLOT_FULL
  )");
}

TEST(WaitlistStoryTest, ALowerRankComesFirst) {
  ExpectStory(R"(
    08:30 op campaign r cohort=19000101-19621231,rank:2 cohort=19630101-20000101,rank:1 round=09:00-18:00 offer=600 -> done
    09:00 c1 book b1 s1/am r                 -> booked
    09:01 c2:19600101 wait w2 s1/am r        -> waiting
    09:02 c3:19700101 wait w3 s1/am r        -> waiting
    09:03 c1 cancel x1 r                     -> cancelled
    09:04 tick                               -> c3 OFFERED s1/am
  )");
}

TEST(WaitlistStoryTest, WhoseSeatIsTakenBackComesFirst) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/pm w          -> booked
    09:00 c2 book b2 s1/pm w          -> booked
    09:01 c3 wait w3 s1/pm w          -> waiting
    09:02 op capacity s1/pm 1 release -> done
    09:03 tick                        -> c2 CAPACITY_LOWERED s1/pm
    09:04 c1 cancel x1 w              -> cancelled
    09:05 tick                        -> c2 OFFERED s1/pm
    09:06 c2 confirm f2 w             -> booked
  )");
}

TEST(WaitlistStoryTest, AnOfferWhoseSlotClosesIsTakenBack) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w        -> booked
    09:01 c2 wait w2 s1/am w        -> waiting
    09:02 c1 cancel x1 w            -> cancelled
    09:03 op close s1/am withdraw   -> done
    09:04 tick                      -> c2 OFFERED s1/am, c2 SLOT_CLOSED s1/am
    09:05 c2 confirm f2 w           -> refused NOTHING_TO_CONFIRM
    09:05 c3 wait w3 s1/am w        -> refused SLOT_CLOSED
  )");
}

TEST(WaitlistStoryTest, AnOfferWaitsForTheEndOfAConversation) {
  ExpectWaitStory(R"(
    09:00 c1 book b1 s1/am w  -> booked
    09:00 c9 book b9 s2/am w  -> booked
    09:01 c2 wait w2 s1/am w  -> waiting
    09:02 c1 cancel x1 w      -> cancelled
    +     c2 book b2 s2/am w  -> refused SLOT_FULL
    09:03 tick                -> c2 OFFERED s1/am
    09:04 c2 confirm f2 w     -> booked
  )");
}

TEST(WaitlistStoryTest, WhoMayNotWaitIsTold) {
  ExpectWaitStory(R"(
    09:00 c1 wait w1 s1/am   -> refused WAITLIST_NOT_OFFERED
    09:00 c1 wait w2 s1/am w -> refused SEATS_FREE
    09:00 c1 wait w3 s9 w    -> refused SITE_UNKNOWN
    09:00 c1 wait w0 = w     -> refused PLACE_UNCLEAR join_waitlist.site_id
    09:00 c1 wait w4 s1/x w  -> refused SLOT_UNKNOWN
    09:00 c1 wait w5 s1 none -> refused CAMPAIGN_UNKNOWN
    09:00 c1 hold h1 s1/am w -> held until 09:15:00
    09:01 c1 wait w6 s1 w    -> refused ALREADY_HELD
    09:01 c1 confirm f1 w    -> booked
    09:01 c1 wait w7 s1 w    -> refused ALREADY_BOOKED
    09:02 c2 wait w8 s1/am w -> waiting
    09:02 c2 wait w8 s1/am w -> waiting again
    09:02 c2 wait w9 s1 w    -> refused ALREADY_WAITING
    08:59 c3 wait wa s1 w    -> refused WINDOW_NOT_OPEN
    09:03 op close s2        -> done
    09:04 c3 wait wb s2 w    -> refused SITE_CLOSED
  )");
}

TEST(WaitlistStoryTest, AManyWhoWaitAreSearchedInSteps) {
  std::string story = "09:00 c1 book b1 s1/am w -> booked\n";
  for (int i = 0; i < 150; ++i) {
    const std::string id = std::to_string(i);
    story += "09:01 w" + id + " wait j" + id + " s1 w 14:00-15:00 -> waiting\n";
  }
  story +=
      "09:02 c2 wait w2 s1 w   -> waiting\n"
      "09:03 c1 cancel x1 w    -> cancelled\n"
      "09:04 tick              -> c2 OFFERED s1/am\n";
  ExpectWaitStory(story);
}

TEST(NextDoseStoryTest, TheNextDoseIsOfferedAtTheSameSite) {
  ExpectStory(R"(
    08:30 op campaign d2 19620101 19661231 09:00-18:00 offer=3600 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,21,offered -> done
    08:40 op slot s1/x 20210801T12:00-20210801T13:00 1 -> done
    08:40 op slot s1/y 20210803T12:00-20210803T13:00 1 -> done
    08:40 op slot s1/z 20210802T12:00-20210802T13:00 1 -> done
    09:00 c1 book b1 s1/am d1           -> booked
    12:10 op checkin s1/am/1 c1         -> done
    12:20 op dose s1/am/1 c1 A1         -> done
    12:21 tick                          -> c1 FULFILLED s1/am, c1 OFFERED s1/z
    12:30 c1 confirm f1 d2              -> booked
  )");
}

TEST(NextDoseStoryTest, TheNextDoseIsBookedWhereTheCampaignSaysSo) {
  ExpectStory(R"(
    08:30 op campaign d2 19620101 19661231 09:00-18:00 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,21,booked -> done
    08:40 op slot s1/z 20210802T12:00-20210802T13:00 1 -> done
    09:00 c1 book b1 s1/am d1           -> booked
    12:10 op checkin s1/am/1 c1         -> done
    12:20 op dose s1/am/1 c1 A1         -> done
    12:21 tick                          -> c1 FULFILLED s1/am, c1 NEXT_DOSE_BOOKED s1/z
    12:30 c1 book b2 s1/pm d2           -> refused ALREADY_BOOKED
    12:31 c1 cancel x1 d2               -> cancelled
  )");
}

TEST(NextDoseStoryTest, WhoHasTheNextAppointmentAlreadyKeepsIt) {
  ExpectStory(R"(
    08:30 op campaign d2 19620101 19661231 09:00-18:00 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,21,booked -> done
    08:40 op slot s1/z 20210802T12:00-20210802T13:00 1 -> done
    09:00 c1 book b1 s1/am d1           -> booked
    09:00 c1 book b2 s1/pm d2           -> booked
    12:10 op checkin s1/am/1 c1         -> done
    12:20 op dose s1/am/1 c1 A1         -> done
    12:21 tick                          -> c1 FULFILLED s1/am
    12:30 c2 book b3 s1/z d2            -> booked
  )");
}

/// It was put in the list under no turn, and its offer was always declined.
TEST(NextDoseStoryTest, ANextDoseTakenBackIsNotLeftInTheList) {
  const std::string story = R"(
  08:30 op campaign d2 19620101 19661231 09:00-18:00 offer=600 -> done
  08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,21,booked -> done
  08:40 op slot s1/z 20210802T12:00-20210802T13:00 2 -> done
  09:00 c1 book b1 s1/am d1 -> booked
  09:01 c3 book b3 s1/z d2 -> booked
  12:10 op checkin s1/am/1 c1 -> done
  12:20 op dose s1/am/1 c1 A1 -> done
  12:21 tick -> c1 FULFILLED s1/am, c1 NEXT_DOSE_BOOKED s1/z
  12:30 op capacity s1/z 1 release -> done
  12:31 tick -> c1 CAPACITY_LOWERED s1/z
  12:32 c3 cancel x3 d2 -> cancelled
  + c4 book b4 s1/z d2 -> booked
)";
  const std::string told = TellStory(story, ShardCount{1});
  EXPECT_THAT(told, testing::HasSubstr("b4 s1/z d2 -> booked"));
}

/// The citizen's shard has not agreed to it: he is about to have another one.
TEST(NextDoseStoryTest, NobodyIsCheckedInOnASeatThatIsNotHisYet) {
  ExpectStory(R"(
    08:30 op campaign d2 19620101 19661231 09:00-18:00 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,1,booked -> done
    08:40 op slot s2/pm 14:00-15:00 1  -> done
    08:40 op slot s1/z 20210802T12:00-20210802T13:00 1 -> done
    09:00 c1 book b1 s1/am d1          -> booked
    09:00 c1 book b2 s2/am d2          -> booked
    09:00 c9 book b9 s2/pm d2          -> booked
    12:20 c1 reschedule r1 s2/pm d2    -> refused SLOT_FULL
    +     op dose s1/am/1 c1 A1        -> done
    12:20:01 op checkin s1/z/1 c1      -> refused SEAT_NOT_CONFIRMED
    12:20:10 tick                      -> c1 FULFILLED s1/am
    12:21 c3 book b3 s1/z d2           -> booked
  )");
}

TEST(NextDoseStoryTest, DaysAreCountedAsPeopleCountThem) {
  ExpectStory(R"(
    08:30 op campaign d2 19620101 19661231 09:00-18:00 -> done
    08:30 op campaign d1 19620101 19661231 09:00-18:00 next=d2,21,booked -> done
    08:40 op slot s1/early 20210801T23:00-20210801T23:30 1 -> done
    08:40 op slot s1/z 20210802T00:00-20210802T01:00 1 -> done
    09:00 c1 book b1 s1/pm d1          -> booked
    14:10 op dose s1/pm/1 c1 A1        -> done
    14:11 tick                         -> c1 FULFILLED s1/pm, c1 NEXT_DOSE_BOOKED s1/z
    14:12 op checkin s1/z/1 c1         -> done
  )");
}

}  // namespace
}  // namespace slotlog
