// Days that went wrong elsewhere, and who may book what when, as stories; each
// is told on one shard and on several.

#include <gtest/gtest.h>

#include <string>

#include "services/reservation/story_expectation.h"

namespace slotlog {
namespace {

// --- What went wrong in 2021 ---

// For seven hours people of 53 and 54 were told "not your window": the time was
// read wrongly, and the cohorts stood in the code.
TEST(CampaignStoryTest, NineteenthOfJulyIsOpenAllNightWhateverTheZone) {
  ExpectStory(R"(
    0712T09:00+09 op slot s1/fri 0730T09:00+09-0730T12:00+09 100 20210730 -> done
    0712T09:00+09 op campaign j zone=Asia/Seoul offset=540 cohort=19670101-19681231 round=0719T20:00+09-0725T18:00+09,words:2021-07-19T20:00:00+09:00 -> done
    0719T11:00+09 a:19670704 book b s1/fri j      -> refused WINDOW_NOT_OPEN
    0719T19:59:59.999+09 b:19670704 book b s1/fri j -> refused WINDOW_NOT_OPEN
    0719T20:00+09 c:19670704 book b s1/fri j      -> booked
    0719T11:00    d:19670704 book b s1/fri j      -> booked
    0720T02:00+09 e:19681231 book b s1/fri j      -> booked
    0720T04:59+09 f:19670101 book b s1/fri j      -> booked
    0720T09:00+09 g:19670704 book b s1/fri j      -> booked
    0720T09:00+09 h:19690101 book b s1/fri j      -> refused NOT_ELIGIBLE
    0725T18:00+09 i:19670704 book b s1/fri j      -> refused WINDOW_OVER
  )");
}

// The cohorts of the day are changed at night: no program is rolled out.
TEST(CampaignStoryTest, ACohortThatWasForgottenIsLetInAMinuteLater) {
  ExpectStory(R"(
    0712T09:00 op slot s1/fri 0730T09:00-0730T12:00 100 -> done
    0712T09:00 op campaign j cohort=19670101-19671231 round=0719T11:00-0725T09:00 -> done
    0719T17:00 a:19680704 book b1 s1/fri j -> refused NOT_ELIGIBLE
    0719T17:01 op change j 0719T17:02 cohort=19670101-19681231 round=0719T11:00-0725T09:00 -> done
    0719T17:01:59.999 a:19680704 book b2 s1/fri j -> refused NOT_ELIGIBLE
    0719T17:02 a:19680704 book b3 s1/fri j -> booked
    0719T17:03 a:19680704 book b1 s1/fri j -> refused NOT_ELIGIBLE again
  )");
}

// A round opened three minutes early, and who came then was let in.
TEST(CampaignStoryTest, ThreeMinutesEarlyIsEarlyToTheMillisecond) {
  ExpectStory(R"(
    0712T09:00+09 op slot s1/fri 0730T09:00+09-0730T12:00+09 100 -> done
    0712T09:00+09 op campaign j cohort=19620101-19661231 round=0714T20:00+09-0724T18:00+09 -> done
    0714T19:57+09        a book b1 s1/fri j -> refused WINDOW_NOT_OPEN
    0714T19:59:59.999+09 a book b2 s1/fri j -> refused WINDOW_NOT_OPEN
    0714T20:00:00.000+09 a book b3 s1/fri j -> booked
  )");
}

// In line at 17:59, decided at 18:20: the line's length is nobody's fault.
TEST(CampaignStoryTest, WhoAskedInTimeIsInTimeHoweverLongTheLine) {
  ExpectStory(R"(
    11:00 op slot s1/eve 22:00-23:00 9           -> done
    17:59:59.999 c1 book b1 s1/eve               -> booked
    +18:20       c1 cancel x1                    -> cancelled
    +18:20       c1 book b2 s1/eve               -> refused WINDOW_OVER
  )");
}

// --- The ten-day rotation, 9 to 18 August 2021 ---

std::string Rotation() {
  std::string operation =
      "0712T09:00 op campaign r offset=540 "
      "cohort=19720101-20031231";
  for (int day = 9; day <= 18; ++day) {
    const auto at = [](int on, const char* clock) {
      return (on < 10 ? "080" : "08") + std::to_string(on) + "T" + clock +
             "+09";
    };
    operation += " round=" + at(day, "20:00") + "-" + at(day + 1, "18:00") +
                 ",digits:" + std::to_string(day % 10);
  }
  return operation + " round=0819T20:00+09-0821T18:00+09 -> done\n" +
         "0712T09:00 op slot s1/aug 0830T09:00-0830T12:00 100 -> done\n";
}

TEST(CampaignStoryTest, RotationIsByTheLastDigitOfTheDayOfBirth) {
  ExpectStory(Rotation() + R"(
    0809T19:59+09 a:19800109 book b1 s1/aug r -> refused WINDOW_NOT_OPEN
    0809T20:00+09 a:19800109 book b2 s1/aug r -> booked
    0809T20:00+09 b:19800119 book b1 s1/aug r -> booked
    0809T20:00+09 c:19800129 book b1 s1/aug r -> booked
    0809T20:00+09 d:19800110 book b1 s1/aug r -> refused NOT_YOUR_DAY
    0810T17:59+09 e:19800109 book b1 s1/aug r -> booked
    0810T18:00+09 f:19800109 book b1 s1/aug r -> refused WINDOW_NOT_OPEN
    0810T18:00+09 d:19800110 book b2 s1/aug r -> refused WINDOW_NOT_OPEN
    0810T19:59+09 d:19800110 book b3 s1/aug r -> refused WINDOW_NOT_OPEN
    0810T20:00+09 d:19800110 book b4 s1/aug r -> booked
    0811T19:59+09 g:19800131 book b1 s1/aug r -> refused WINDOW_NOT_OPEN
    0811T20:00+09 g:19800131 book b2 s1/aug r -> booked
    0811T20:00+09 h:19800130 book b1 s1/aug r -> refused NOT_YOUR_DAY
    0819T17:59+09 i:19800118 book b1 s1/aug r -> booked
    0819T19:00+09 f:19800109 book b2 s1/aug r -> refused WINDOW_NOT_OPEN
    0819T20:00+09 f:19800109 book b3 s1/aug r -> booked
    0819T20:00+09 h:19800130 book b2 s1/aug r -> booked
    0821T18:00+09 k:19800109 book b1 s1/aug r -> refused WINDOW_OVER
    0809T20:00+09 l:19710109 book b1 s1/aug r -> refused NOT_ELIGIBLE
  )");
}

// --- Cohorts ---

TEST(CampaignStoryTest, EveryConditionOfACohortHasItsReason) {
  ExpectStory(R"(
    08:00 op campaign j dose=2 cohort=19620101-19661231,region:seoul|busan,list:nurses|police,days:21 round=09:00-18:00 -> done
    09:00 a:19610101,region=seoul,list=nurses,doses=1,last=20210601 book b s1/pm j -> refused NOT_ELIGIBLE
    09:00 b:19620712,list=nurses,doses=1,last=20210601 book b s1/pm j              -> refused WRONG_REGION
    09:00 c:19620712,region=jeju,list=nurses,doses=1,last=20210601 book b s1/pm j  -> refused WRONG_REGION
    09:00 d:19620712,region=seoul,doses=1,last=20210601 book b s1/pm j             -> refused NOT_ON_LIST
    09:00 e:19620712,region=seoul,list=carers,doses=1,last=20210601 book b s1/pm j -> refused NOT_ON_LIST
    09:00 f:19620712,region=seoul,list=nurses book b s1/pm j                       -> refused WRONG_DOSE
    09:00 g:19620712,region=seoul,list=nurses,doses=2,last=20210601 book b s1/pm j -> refused WRONG_DOSE
    09:00 h:19620712,region=seoul,list=nurses,doses=1,last=20210622 book b s1/pm j -> refused TOO_SOON_AFTER_LAST_DOSE
    09:00 i:19620712,region=seoul,list=nurses,doses=1 book b s1/pm j               -> refused TOO_SOON_AFTER_LAST_DOSE
    09:00 j:19620712,region=seoul,list=nurses,doses=1,last=20210621 book b s1/pm j -> booked
    09:00 k:19620712,region=busan,list=carers|police,doses=1,last=20210601 book b s1/pm j -> booked
  )");
}

TEST(CampaignStoryTest, DaysSinceTheLastDoseAreThoseOfTheCampaignsCalendar) {
  ExpectStory(R"(
    08:00 op slot s1/eve 23:00-23:30 9 -> done
    08:00 op campaign seoul  offset=540 cohort=19620101-19661231,days:21 round=09:00-18:00 -> done
    08:00 op campaign london offset=60  cohort=19620101-19661231,days:21 round=09:00-18:00 -> done
    14:59 a:19620712,doses=1,last=20210622 book b1 s1/eve seoul  -> refused TOO_SOON_AFTER_LAST_DOSE
    15:00 a:19620712,doses=1,last=20210622 book b2 s1/eve seoul  -> booked
    15:00 a:19620712,doses=1,last=20210622 book b3 s1/eve london -> refused TOO_SOON_AFTER_LAST_DOSE
  )");
}

TEST(CampaignStoryTest, AnyCohortWillDoAndTheClosestOneGivesTheReason) {
  ExpectStory(R"(
    08:00 op campaign j cohort=19000101-19400101 cohort=19000101-20051231,list:nurses,dose:1 cohort=19000101-20051231,region:jeju round=09:00-18:00 -> done
    09:00 a:19390101 book b s1/pm j                    -> booked
    09:00 b:19900101,list=nurses book b s1/pm j        -> booked
    09:00 c:20100101 book b s1/pm j                    -> refused NOT_ELIGIBLE
    09:00 d:19900101 book b s1/pm j                    -> refused NOT_ON_LIST
    09:00 e:19900101,list=nurses,doses=1 book b s1/pm j -> refused WRONG_DOSE
    09:00 f:19900101,region=jeju book b s1/am j        -> booked
  )");
}

TEST(CampaignStoryTest, RoundsOpenForOneCohortAfterAnother) {
  ExpectStory(R"(
    08:00 op campaign j cohort=19600101-19691231 cohort=19700101-19791231 cohort=19800101-19891231 round=09:00-12:00,cohorts:0 round=11:00-13:00,cohorts:0|1 -> done
    10:00 a:19650101 book b s1/pm j -> booked
    10:00 b:19750101 book b1 s1/pm j -> refused WINDOW_NOT_OPEN
    11:00 b:19750101 book b2 s1/pm j -> booked
    11:00 c:19850101 book b s1/pm j -> refused NOT_ELIGIBLE
    13:00 d:19650101 book b s1/pm j -> refused WINDOW_OVER
  )");
}

// --- What a campaign may take of a site ---

TEST(CampaignStoryTest, ARoundOpensAShareOfEachSitesCapacity) {
  // Site s1 has 3 seats: the first round opens a third of them, rounded up, the
  // second two thirds, the last one all.
  ExpectStory(R"(
    08:00 op campaign j cohort=19620101-19661231 round=09:00-10:00,share:333 round=10:00-11:00,share:666 round=11:00-12:00 -> done
    09:00 a book b1 s1/pm j -> booked
    09:01 b book b1 s1/pm j -> refused ROUND_SHARE_TAKEN
    09:01 b book b2 s1/am j -> refused ROUND_SHARE_TAKEN
    09:02 a cancel x1 j     -> cancelled
    09:03 b book b3 s1/am j -> booked
    09:03 c book b1 s2/am j -> booked
    09:04 k book b1 s1/pm   -> booked
    10:00 d book b1 s1/pm j -> booked
    10:01 op slot s1/eve 20:00-21:00 3 -> done
    10:02 e book b1 s1/eve j -> booked
    10:03 f book b1 s1/eve j -> booked
    10:04 g book b1 s1/eve j -> refused ROUND_SHARE_TAKEN
    10:05 op capacity s1/eve 5 -> done
    10:06 g book b2 s1/eve j -> booked
    10:07 op close s1/eve    -> done
    10:08 b cancel x1 j      -> cancelled
    10:09 h book b1 s1/am j  -> refused ROUND_SHARE_TAKEN
    11:00 h book b2 s1/am j  -> booked
  )");
}

TEST(CampaignStoryTest, ADayAtASiteHasALimit) {
  ExpectStory(R"(
    08:00 op campaign j daily=1 cohort=19620101-19661231 round=09:00-18:00 -> done
    08:00 op slot s1/mon1 0719T09:00-0719T10:00 5 20210719 -> done
    08:00 op slot s1/mon2 0719T10:00-0719T11:00 5 20210719 -> done
    08:00 op slot s1/tue1 0720T09:00-0720T10:00 5 20210720 -> done
    09:00 a book b1 s1/mon1 j -> booked
    09:01 b book b1 s1/mon2 j -> refused DAY_LIMIT_REACHED
    09:01 b book b2 s1/tue1 j -> booked
    09:02 c book b1 s1/mon2   -> booked
    09:03 a cancel x j        -> cancelled
    09:04 d book b1 s1/mon2 j -> booked
    09:05 e book b1 s1/pm j   -> refused SLOT_WITHOUT_DAY
    09:06 op slot s1/mon1 0719T09:00-0719T10:00 5 20210720 -> refused SLOT_EXISTS mon1
    09:06 op slot s1/mon1 0719T09:00-0719T10:00 5 20210719 x -> refused SLOT_EXISTS mon1
  )");
}

// --- Changes ---

TEST(CampaignStoryTest, AChangeIsAnnouncedAMinuteBefore) {
  ExpectStory(R"(
    09:00 op change k 09:00:59.999 19620101 19711231 09:00-18:00 -> refused EFFECTIVE_TOO_SOON
    09:00 op change nobody 09:05 19620101 19711231 09:00-18:00   -> refused CAMPAIGN_UNKNOWN
    09:00 op change k 09:01 19620101 19711231 09:00-18:00        -> done
    09:00 op change k 09:01 19620101 19711231 09:00-18:00        -> done
    09:00 op change k 09:00:59 19620101 19611231 09:00-18:00     -> refused INTERVAL_NOT_POSITIVE change_campaign.campaign.cohorts[0].born_to_yyyymmdd
    09:00 op campaign k 19620101 19661231 09:00-18:00 hold=900            -> done
    09:00 op campaign k 19620101 19711231 09:00-18:00            -> refused CAMPAIGN_EXISTS
    09:00 c1:19700101 book b1 s1/pm -> refused NOT_ELIGIBLE
    09:01 c1:19700101 book b2 s1/pm -> booked
    09:02 op campaign k 19620101 19661231 09:00-18:00            -> refused CAMPAIGN_EXISTS
    09:02 op campaign k 19620101 19711231 09:00-18:00            -> done
  )");
}

TEST(CampaignStoryTest, AChangeMayNotOvertakeTheOneBefore) {
  ExpectStory(R"(
    09:00 op change k 09:10 19620101 19711231 09:00-18:00        -> done
    09:01 op change k 09:05 19620101 19721231 09:00-18:00        -> refused EFFECTIVE_BEFORE_LAST_VERSION
    09:01 op change k 09:10 19620101 19731231 09:00-18:00        -> done
    09:10 c1:19730101 book b1 s1/pm -> booked
  )");
}

TEST(CampaignStoryTest, AChangeIsNotForAYearAfter) {
  ExpectStory(R"(
    09:00 op change k 20220713T09:00:00.001 19620101 19711231 09:00-18:00 -> refused EFFECTIVE_TOO_LATE
    09:00 op change k 20220713T09:00        19620101 19711231 09:00-18:00 -> done
  )");
}

TEST(CampaignStoryTest, LimitsComeOnlyWhereSeatsWereCounted) {
  ExpectStory(R"(
    08:00 op campaign j cohort=19620101-19661231 round=09:00-18:00,share:1000 -> done
    09:00 a book b1 s1/pm j -> booked
    09:01 b book b1 s1/pm j -> booked
    09:02 op change j 09:05 cohort=19620101-19661231 round=09:00-18:00,share:600 -> done
    09:02 op change k 09:05 cohort=19620101-19661231 round=09:00-18:00,share:600 -> refused SEATS_NOT_COUNTED
    09:02 op change k 09:05 daily=5 cohort=19620101-19661231 round=09:00-18:00   -> refused SEATS_NOT_COUNTED
    09:05 c book b1 s1/am j -> refused ROUND_SHARE_TAKEN
    09:06 op change j 09:10 cohort=19620101-19661231 round=09:00-18:00 -> done
    09:10 c book b2 s1/am j -> booked
    09:11 a cancel x1 j     -> cancelled
  )");
}

TEST(CampaignStoryTest, TwoOperatorsChangeAtOnce) {
  ExpectStory(R"(
    09:00 op change k 09:01 19620101 19711231 09:00-18:00 -> done
    +     op change k 09:01 19620101 19721231 09:00-18:00 -> done
    +     op change k 09:02 19620101 19701231 09:00-18:00 -> done
    09:01 c1:19720101 book b1 s1/pm -> booked
    09:01 c2:19730101 book b1 s1/pm -> refused NOT_ELIGIBLE
    09:02 c3:19720101 book b1 s1/pm -> refused NOT_ELIGIBLE
    09:02 c4:19700101 book b1 s1/pm -> booked
  )");
}

TEST(CampaignStoryTest, ACampaignIsChangedOnlySoOften) {
  std::string story;
  for (int i = 1; i < 64; ++i) {
    story += "09:00 op change k 09:30 19620101 19" +
             std::to_string(i % 2 + 70) + "1231 09:00-18:00 -> done\n";
  }
  ExpectStory(story +
              "09:00 op change k 09:30 19620101 19801231 09:00-18:00 -> "
              "refused TOO_MANY_VERSIONS\n");
}

TEST(CampaignStoryTest, TwoSwapDaysThoughBothDaysAreFull) {
  ExpectStory(R"(
    08:30 op campaign d 19620101 19661231 09:00-18:00 daily=1 -> done
    08:40 op site s5                -> done
    08:40 op slot s5/a 20210801T12:00-20210801T13:00 1 20210801 -> done
    08:40 op slot s5/b 20210802T12:00-20210802T13:00 1 20210802 -> done
    09:00 c1 book b1 s5/a d         -> booked
    09:00 c2 book b2 s5/b d         -> booked
    09:01 c1 reschedule r1 s5/b d   -> rescheduled
    +     c2 reschedule r2 s5/a d   -> rescheduled
    09:02 c1 reschedule r3 s5/a d   -> refused SLOT_FULL
    09:06 tick                      -> nothing
  )");
}

}  // namespace
}  // namespace slotlog
