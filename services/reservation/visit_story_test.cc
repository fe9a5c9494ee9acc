// Holds, moves, closings and visits, as stories: each is told on one shard and
// on several.

#include <gtest/gtest.h>

#include <string>

#include "services/reservation/story_expectation.h"

namespace slotlog {
namespace {

// --- Holds ---

TEST(HoldStoryTest, AHoldConfirmedIsAnAppointment) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am   -> held until 09:15:00
    09:01 c2 book b1 s1/am   -> refused SLOT_FULL
    09:02 c1 confirm f1      -> booked
    09:03 c1 confirm f2      -> refused NOTHING_TO_CONFIRM
    09:16 tick               -> nothing
    09:17 c1 cancel x1       -> cancelled
    09:18 c2 book b2 s1/am   -> booked
  )");
}

TEST(HoldStoryTest, AHoldEndsByItselfAndItsSeatIsTakenByAnother) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am   -> held until 09:15:00
    09:14:59 tick            -> nothing
    09:14:59 c2 book b1 s1/am -> refused SLOT_FULL
    09:15 tick               -> c1 HOLD_EXPIRED s1/am
    09:15 c2 book b2 s1/am   -> booked
    09:16 c1 confirm f1      -> refused HOLD_EXPIRED
    09:17 c1 hold h2 s1/pm   -> held until 09:32:00
    09:18 c1 confirm f2      -> booked
  )");
}

TEST(HoldStoryTest, TheDeadlineItselfIsTooLate) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am   -> held until 09:15:00
    09:00 c2 hold h1 s1/pm   -> held until 09:15:00
    09:14:59 c1 confirm f1   -> booked
    09:15 c2 confirm f1      -> refused HOLD_EXPIRED
    09:15 tick               -> c2 HOLD_EXPIRED s1/pm
  )");
}

TEST(HoldStoryTest, WhatWaitsForAHoldToEndIsDecidedThen) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am   -> held until 09:15:00
    09:15 c1 book b1 s2/am   -> booked
    +     c1 book b1 s2/am   -> booked again
    +     c1 confirm f1      -> refused HOLD_EXPIRED
    +     c1 cancel x1       -> cancelled
    09:16 tick               -> c1 HOLD_EXPIRED s1/am
  )");
}

TEST(HoldStoryTest, AConfirmInTimeIsInTimeThoughItWaitedForAMove) {
  ExpectStory(R"(
    08:30 op slot s1/eve 16:00-17:00 1 -> done
    08:30 op campaign r 19620101 19661231 09:00-18:00 hold=2 second=replaces -> done
    09:00 c1 hold h1 s1/am r     -> held until 09:00:02
    09:00 c2 book b1 s1/eve      -> booked
    09:00:01 c1 hold h2 s1/eve r -> refused SLOT_FULL
    +     c1 confirm f1 r        -> booked
    +     c1 cancel x1 r         -> cancelled
    09:00:05 tick                -> nothing
    09:01 tick                   -> nothing
  )");
}

TEST(HoldStoryTest, AHoldCanBeGivenUp) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am   -> held until 09:15:00
    09:01 c1 cancel x1       -> cancelled
    09:02 c2 book b1 s1/am   -> booked
    09:03 c1 confirm f1      -> refused NOTHING_TO_CONFIRM
    09:20 tick               -> nothing
  )");
}

TEST(HoldStoryTest, ASecondHoldIsRefusedOrReplacesTheFirst) {
  ExpectStory(R"(
    08:30 op campaign r 19620101 19661231 09:00-18:00 hold=60 second=replaces -> done
    09:00 c1 hold h1 s1/am     -> held until 09:15:00
    09:01 c1 hold h2 s1/pm     -> refused ALREADY_HELD
    09:01 c1 book b1 s1/pm     -> refused ALREADY_HELD
    09:02 c2 hold h1 s1/pm r   -> held until 09:03:00
    09:02:30 c2 hold h2 s1/pm r -> refused SAME_SLOT
    09:02:30 c2 hold h3 s2/am r -> held until 09:03:30
    09:02:40 c3 hold h1 s2/am r -> refused SLOT_FULL
    09:03 tick                 -> nothing
    09:03:10 c2 book b1 s1/pm r -> booked
    09:04 tick                 -> nothing
    09:05 c3 book b1 s2/am r   -> booked
  )");
}

TEST(HoldStoryTest, AReplacementThatIsRefusedLeavesTheHold) {
  ExpectStory(R"(
    08:30 op campaign r 19620101 19661231 09:00-18:00 hold=60 second=replaces -> done
    09:00 c1 book b1 s2/am      -> booked
    09:00 c2 hold h1 s1/am r    -> held until 09:01:00
    09:00:10 c2 hold h2 s2/am r -> refused SLOT_FULL
    09:00:20 c2 confirm f1 r    -> booked
  )");
}

TEST(HoldStoryTest, ChancesAreUsedUpByHoldsThatRunOut) {
  ExpectStory(R"(
    08:30 op campaign r 19620101 19661231 09:00-18:00 hold=60 chances=2 -> done
    09:00 c1 hold h1 s1/pm r  -> held until 09:01:00
    09:01 tick                -> c1 HOLD_EXPIRED s1/pm
    09:02 c1 hold h2 s1/pm r  -> held until 09:03:00
    09:03 tick                -> c1 HOLD_EXPIRED s1/pm
    09:04 c1 hold h3 s1/pm r  -> refused NO_CHANCES_LEFT
    09:04 c1 book b1 s1/pm r  -> refused NO_CHANCES_LEFT
    09:04 c1 book b2 s1/pm    -> booked
  )");
}

TEST(HoldStoryTest, ACampaignWithoutHoldTimeOffersNone) {
  ExpectStory(R"(
    08:30 op campaign r 19620101 19661231 09:00-18:00 -> done
    09:00 c1 hold h1 s1/pm r  -> refused HOLDS_NOT_OFFERED
    09:00 c1:20000101 hold h2 s1/pm -> refused NOT_ELIGIBLE
    08:59 c2 hold h1 s1/pm    -> refused WINDOW_NOT_OPEN
  )");
}

// --- Moves ---

TEST(MoveStoryTest, TheNewSeatIsTakenAndTheOldOneIsFree) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am         -> booked
    09:01 c1 reschedule r1 s1/pm   -> rescheduled
    09:02 c2 book b1 s1/am         -> booked
    09:03 c1 reschedule r2 s2/am   -> rescheduled
    09:04 c3 book b1 s1/pm         -> booked
    09:04 c4 book b1 s1/pm         -> booked
    09:05 c1 cancel x1             -> cancelled
    09:06 c5 book b1 s2/am         -> booked
  )");
}

TEST(MoveStoryTest, WhatCannotBeHadLeavesWhatIsHad) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s2/am         -> booked
    09:01 c1 reschedule r1 s2/am   -> refused SLOT_FULL
    09:01 c1 reschedule r2 s1/am   -> refused SAME_SLOT
    09:01 c1 reschedule r3 s1/dawn -> refused SLOT_UNKNOWN
    09:01 c1 reschedule r4 s9/am   -> refused SLOT_UNKNOWN
    09:02 c3 reschedule r1 s1/pm   -> refused NOTHING_TO_RESCHEDULE
    09:02 c3 hold h1 s1/pm         -> held until 09:17:00
    09:03 c3 reschedule r2 s1/am   -> refused NOTHING_TO_RESCHEDULE
    09:04 c1 cancel x1             -> cancelled
    09:05 c4 book b1 s1/am         -> booked
  )");
}

TEST(MoveStoryTest, ThereAndBackAgain) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am         -> booked
    09:01 c1 reschedule r1 s2/am   -> rescheduled
    +     c1 reschedule r2 s1/am   -> rescheduled
    +     c1 reschedule r3 s2/am   -> rescheduled
    +     c1 reschedule r1 s2/am   -> rescheduled again
    09:02 c2 book b1 s1/am         -> booked
    09:03 c3 book b1 s2/am         -> refused SLOT_FULL
  )");
}

TEST(MoveStoryTest, TwoPeopleSwapAtAFullSite) {
  ExpectStory(R"(
    08:30 op slot s1/eve 16:00-17:00 1 -> done
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s1/eve        -> booked
    09:01 c1 reschedule r1 s1/eve  -> rescheduled
    09:01:01 c2 reschedule r1 s1/am -> rescheduled
    09:02 tick                     -> nothing
    09:03 c1 cancel x1             -> cancelled
    09:04 c3 book b1 s1/eve        -> booked
  )");
}

TEST(MoveStoryTest, AMoveToAFullSlotOfTheSiteWaitsForAMomentOnly) {
  ExpectStory(R"(
    08:30 op slot s1/eve 16:00-17:00 1 -> done
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s1/eve        -> booked
    09:01 c1 reschedule r1 s1/eve  -> refused SLOT_FULL
    09:01:03 tick                  -> nothing
    09:01:04 c2 reschedule r1 s1/am -> refused SLOT_FULL
    09:02 tick                     -> nothing
    09:02 c1 cancel x1             -> cancelled
  )");
}

// --- Closing ---

TEST(CloseStoryTest, AClosedSiteTakesBackEverySeatAndTellsEveryone) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am   -> booked
    09:00 c2 book b1 s1/pm   -> booked
    09:00 c3 hold h1 s1/pm   -> held until 09:15:00
    09:00 c4 book b1 s2/am   -> booked
    09:01 op close s1        -> done
    09:01 tick               -> c1 SITE_CLOSED s1/am, c2 SITE_CLOSED s1/pm, c3 SITE_CLOSED s1/pm
    09:02 op close s1        -> done
    09:02 op slot s1/x 12:00-13:00 1 -> refused SITE_CLOSED
    09:03 c1 book b2 s1/pm   -> refused SLOT_CLOSED
    09:03 c3 confirm f1      -> refused NOTHING_TO_CONFIRM
    09:03 c2 cancel x1       -> refused NOTHING_TO_CANCEL
    09:04 c1 book b3 s2/am   -> refused SLOT_FULL
    09:04 op close s9        -> refused SITE_UNKNOWN
    09:20 tick               -> nothing
  )");
}

TEST(CloseStoryTest, ASlotIsClosedWithOrWithoutItsAppointments) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/pm         -> booked
    09:01 op close s1/pm           -> done
    09:02 tick                     -> nothing
    09:03 op close s1/pm withdraw  -> done
    09:04 tick                     -> c1 SLOT_CLOSED s1/pm
    09:05 c1 book b2 s2/am         -> booked
  )");
}

/// The second lowering is asked for while the first one is on its way: in one
/// batch, so on one shard.
TEST(CloseStoryTest, LoweredTwiceInARowTheLatestGoStill) {
  const std::string story = R"(
    09:00 c1 book b1 s1/pm  -> booked
    09:01 c2 book b2 s1/pm  -> booked
    09:02 op capacity s1/pm 1 release -> done
    +     op capacity s1/pm 3 -> done
    +     c3 book b3 s1/pm  -> booked
    +     op capacity s1/pm 1 release -> done
    09:04 tick              -> c2 CAPACITY_LOWERED s1/pm, c3 CAPACITY_LOWERED s1/pm
  )";
  EXPECT_EQ(Squeeze(TellStory(story, ShardCount{1})),
            Squeeze(std::string(kOpening) + story));
}

TEST(CloseStoryTest, CapacityLoweredReleasesTheLatest) {
  ExpectStory(R"(
    08:30 op capacity s1/pm 4          -> done
    09:00 c1 book b1 s1/pm             -> booked
    09:01 c2 book b1 s1/pm             -> booked
    09:02 c3 book b1 s1/pm             -> booked
    09:03 c4 book b1 s1/pm             -> booked
    09:04 op capacity s1/pm 2          -> refused CAPACITY_BELOW_SEATS_TAKEN
    09:05 op capacity s1/pm 2 release  -> done
    09:05 tick                         -> c3 CAPACITY_LOWERED s1/pm, c4 CAPACITY_LOWERED s1/pm
    09:06 c5 book b1 s1/pm             -> refused SLOT_FULL
    09:07 c1 cancel x1                 -> cancelled
    09:08 c3 book b2 s1/pm             -> booked
  )");
}

TEST(CloseStoryTest, AnImportRunAgainMeetsTheCapacityThatWasStatedLast) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am              -> booked
    11:50 op checkin s1/am/1 c1         -> done
    11:51 op capacity s1/am 0 release   -> done
    11:52 op slot s1/am 12:00-13:00 1   -> refused SLOT_EXISTS am
    11:53 op slot s1/am 12:00-13:00 0   -> done
  )");
}

TEST(CloseStoryTest, CommandsThatCrossTheClosingEndWell) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s1/pm         -> booked
    09:01 op close s1              -> done
    +     c1 cancel x1             -> cancelled
    +     c2 reschedule r1 s2/am   -> rescheduled
    09:02 c3 book b1 s2/am         -> refused SLOT_FULL
    09:03 c1 book b2 s1/am         -> refused SLOT_CLOSED
  )");
}

// --- Visits ---

TEST(VisitStoryTest, WhoIsThereIsCheckedInAndGetsTheDose) {
  ExpectStory(R"(
    09:00 c1 book b1 s1/am         -> booked
    11:50 op checkin s1/am/1 c1    -> done
    11:51 op checkin s1/am/1 c1    -> done
    11:52 c1 cancel x1             -> refused VISIT_BEGAN
    11:52 c1 reschedule r1 s2/am   -> refused VISIT_BEGAN
    12:05 op dose s1/am/1 c1 lot1  -> done
    12:05 op dose s1/am/1 c1 lot1  -> done
    12:05 op dose s1/am/1 c1 lot2  -> refused DOSE_ALREADY_GIVEN
    12:06 tick                     -> c1 FULFILLED s1/am
    12:07 c1 cancel x2             -> refused VISIT_BEGAN
    12:08 c1 book b2 s1/pm         -> refused ALREADY_FULFILLED
  )");
}

TEST(VisitStoryTest, OnlyAConfirmedSeatOfThisCitizenIsVisited) {
  ExpectStory(R"(
    09:00 c1 hold h1 s1/am         -> held until 09:15:00
    09:01 op checkin s1/am/1 c1    -> refused SEAT_NOT_CONFIRMED
    09:01 op dose s1/am/1 c1 lot1  -> refused SEAT_NOT_CONFIRMED
    09:02 c1 confirm f1            -> booked
    09:03 op checkin s1/am/1 c2    -> refused SEAT_UNKNOWN
    09:03 op checkin s1/am/2 c1    -> refused SEAT_UNKNOWN
    09:04 op dose s1/am/1 c1 lot1  -> done
    09:05 tick                     -> c1 FULFILLED s1/am
  )");
}

TEST(VisitStoryTest, WhoDoesNotComeHasMissedIt) {
  ExpectStory(R"(
    08:30 op campaign r 19620101 19661231 09:00-18:00 chances=1 -> done
    09:00 c1 book b1 s1/am         -> booked
    09:00 c2 book b1 s1/pm r       -> booked
    12:05 op dose s1/am/1 c1 lot1  -> done
    16:59 tick                     -> c1 FULFILLED s1/am
    17:00 tick                     -> nothing
    18:59 tick                     -> nothing
    19:00 tick                     -> c2 MISSED s1/pm
    19:01 op dose s1/pm/1 c2 lot1  -> refused SEAT_MISSED
    19:02 c2 cancel x1 r           -> refused NOTHING_TO_CANCEL
  )");
}

/// Nobody could come any more, and the wave that ends what nobody came for has
/// gone by.
TEST(VisitStoryTest, WhoWaitedInLineUntilTheSlotWasOverHasNoSeatThere) {
  ExpectStory(R"(
    09:00 c2 book b1 s1/pm         -> booked
    17:00 tick                     -> nothing
    11:59 c1 book b1 s1/am         -> refused SLOT_OVER
    11:59 c2 reschedule r1 s1/am   -> refused SLOT_OVER
  )");
}

}  // namespace
}  // namespace slotlog
