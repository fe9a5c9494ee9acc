#include "tools/verify/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/verify/day_parts.h"
#include "tools/verify/handmade_history.h"
#include "tools/verify/violation_test_support.h"

namespace slotlog::verify {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// --- Histories that hold ---

TEST(VerifyTest, AnEmptyLogHoldsWithZeros) {
  HandmadeHistory history;
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_TRUE(report.findings.Hold());
  EXPECT_EQ(report.totals.events, 0);
  for (Invariant invariant : kInvariants) {
    EXPECT_EQ(report.findings.Of(invariant).checked, 0);
  }
}

TEST(VerifyTest, ASmallDayHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteSmallDay(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.commands, 8);
  EXPECT_EQ(report.totals.commands_repeated, 1);
  EXPECT_EQ(report.totals.ticks, 1);
  EXPECT_EQ(report.totals.operations, 5);
  EXPECT_EQ(report.totals.bookings, 2);
  EXPECT_EQ(report.totals.cancellations, 1);
  EXPECT_EQ(report.totals.bookings_standing, 1);
  EXPECT_EQ(report.totals.dead_letters, 1);
  EXPECT_EQ(report.totals.commands_refused, 3);
  EXPECT_EQ(report.totals.commands_refused_by_reason.at(v1::REFUSAL_SLOT_FULL),
            1);
  EXPECT_EQ(report.findings.Of(Invariant::kOneAnswer).checked, 13);
  EXPECT_EQ(report.findings.Of(Invariant::kWindow).checked, 3);
  EXPECT_EQ(report.in_flight.messages, 0);
}

TEST(VerifyTest, ADayOfHoldsHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteHolds(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.holds, 4);
  EXPECT_EQ(report.totals.holds_confirmed, 2);
  EXPECT_EQ(report.totals.holds_expired, 2);
  EXPECT_EQ(report.totals.holds_standing, 0);
  EXPECT_EQ(report.totals.bookings_standing, 3);
}

TEST(VerifyTest, ADayOfMovesHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteMoves(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.reschedules, 4);
  EXPECT_EQ(report.totals.bookings_standing, 4);
}

TEST(VerifyTest, ADayOfMovesThatAreCrossedHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteCrossings(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.reschedules, 0);
  EXPECT_EQ(report.totals.visits_fulfilled, 1);
  EXPECT_EQ(report.totals.bookings_standing, 1);  // tom's
  EXPECT_EQ(report.in_flight.conversations, 0);
}

TEST(VerifyTest, ADayOfClosingsHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteClosings(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.seats_lost, 5);
  EXPECT_EQ(report.totals.bookings_standing, 1);
  EXPECT_EQ(report.in_flight.seats_to_withdraw, 0);
}

TEST(VerifyTest, ADayOfVisitsHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteVisits(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.check_ins, 2);
  EXPECT_EQ(report.totals.visits_fulfilled, 3);
  EXPECT_EQ(report.totals.visits_missed, 1);
  EXPECT_EQ(report.totals.bookings_standing, 0);
}

TEST(VerifyTest, ADayOfThoseWhoWaitHoldsAndIsCounted) {
  HandmadeHistory history;
  WriteWaits(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.totals.waits, 2);
  EXPECT_EQ(report.totals.seats_offered, 2);
  EXPECT_EQ(report.totals.bookings_standing, 0);
}

TEST(VerifyTest, WhatTheAgendaHasYetToDoIsInFlight) {
  HandmadeHistory holds;
  holds.EndAfter("tom's time is over");
  WriteHolds(holds);
  VerifyReport report = VerifyLog(holds.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.in_flight.holds_due, 1);

  HandmadeHistory closings;
  closings.EndAfter("early shrinks");
  WriteClosings(closings);
  report = VerifyLog(closings.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.in_flight.seats_to_withdraw, 1);
}

TEST(VerifyTest, WhatSlotsAndCitizensHaveNotHeardYetIsNoViolation) {
  struct Case {
    void (*day)(HandmadeHistory&);
    std::string last;
  };
  for (const auto& [day, last] : {
           Case{WriteHolds, "ann confirms"},      // her seat is held still
           Case{WriteClosings, "early shrinks"},  // she has lost hers
           Case{WriteVisits, "ann has the dose"},
           Case{WriteVisits, "ann is fulfilled"},  // not told that she stays
           Case{WriteMoves, "ann's new seat"},     // she has two
           Case{WriteMoves, "ann stays"},
           Case{WriteMoves, "tom waits"},
       }) {
    HandmadeHistory history;
    history.EndAfter(last);
    day(history);
    EXPECT_EQ(OffencesOf(VerifyLog(history.log())), std::vector<std::string>{})
        << last;
  }
}

TEST(VerifyTest, AnOpenConversationIsInFlight) {
  HandmadeHistory history;
  history.EndAfter("ann asks");
  WriteSmallDay(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.in_flight.conversations, 1);
  EXPECT_EQ(report.in_flight.commands_parked, 1);
  EXPECT_EQ(report.in_flight.messages, 1);
}

TEST(VerifyTest, UndecidedInputsAreInFlight) {
  HandmadeHistory history;
  history.EndAfter("close");
  WriteSmallDay(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.in_flight.operations_undecided, 4);
}

TEST(VerifyTest, ACampaignOnItsWayIsInFlight) {
  HandmadeHistory history;
  history.EndAfter("summer is defined");
  WriteSmallDay(history);
  const VerifyReport report = VerifyLog(history.log());
  EXPECT_EQ(OffencesOf(report), std::vector<std::string>{});
  EXPECT_EQ(report.in_flight.operations, 1);
}

TEST(VerifyTest, CommandsNoLongerKeptAreTakenFromTheEvents) {
  HandmadeHistory history;
  WriteSmallDay(history);
  history.log().DropHead({Topic::kCommands, Shard{0}}, Offset{3});
  history.log().DropHead({Topic::kConfirmations, Shard{0}}, Offset{3});
  history.log().DropHead({Topic::kInternal, Shard{0}}, Offset{3});
  EXPECT_EQ(OffencesOf(VerifyLog(history.log())), std::vector<std::string>{});
}

TEST(VerifyTest, ALossThatWasToldToNobodyIsFoundWithoutItsMessage) {
  HandmadeHistory history;
  Without("ann hears", 0)(history);
  WriteClosings(history);
  history.log().DropHead({Topic::kInternal, Shard{0}}, Offset{8});
  EXPECT_THAT(OffencesOf(VerifyLog(history.log())),
              Contains(HasSubstr("events/0 at 8, event 5: the claim that it "
                                 "changed last has no seat")));
}

TEST(VerifyTest, EventsThatAreGoneCannotBeVerified) {
  HandmadeHistory history;
  WriteSmallDay(history);
  history.log().DropHead({Topic::kEvents, Shard{0}}, Offset{2});
  const auto report = Verify(history.log(), {});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(report.status().ToString(), HasSubstr("events/0 begins at 2"));
}

TEST(VerifyTest, MoreOffencesThanAreKeptAreCounted) {
  HandmadeHistory history;
  WriteSmallDay(history);
  history.log().DropTail({Topic::kConfirmations, Shard{0}}, Offset{0});
  history.log().DropTail({Topic::kConfirmations, Shard{1}}, Offset{0});
  const VerifyReport report = VerifyLog(history.log());
  const auto& finding = report.findings.Of(Invariant::kOneAnswer);
  EXPECT_GT(finding.violations, Findings::kOffencesKeptMax);
  EXPECT_EQ(finding.offences.size(), Findings::kOffencesKeptMax);
}

// --- Records that are no batches ---

TEST(VerifyTest, ARecordThatIsNoBatchIsNamed) {
  HandmadeHistory history;
  history.EndAfter("summer is known");
  WriteSmallDay(history);
  const std::string bytes = "\xff\xff";
  const NewRecord record{{Topic::kEvents, Shard{1}}, "", bytes};
  ASSERT_TRUE(history.log().Append({&record, 1}).ok());
  EXPECT_THAT(OffencesOf(VerifyLog(history.log())),
              Contains("5 events/1 at 2: the record is MALFORMED"));
}

TEST(VerifyTest, AMessageThatIsNoneIsNamed) {
  HandmadeHistory history;
  history.EndAfter("summer is known");
  WriteSmallDay(history);
  const std::string bytes = "\xff\xff";
  const NewRecord record{{Topic::kInternal, Shard{1}}, "", bytes};
  ASSERT_TRUE(history.log().Append({&record, 1}).ok());
  EXPECT_THAT(OffencesOf(VerifyLog(history.log())),
              Contains("5 internal/1 at 2: the record is MALFORMED"));
}

}  // namespace
}  // namespace slotlog::verify
