#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tools/verify/report_json.h"
#include "tools/verify/report_text.h"

namespace slotlog::verify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

VerifyReport ReportWithViolations(int violations) {
  VerifyReport report;
  report.shards = ShardCount{2};
  report.totals.commands = 1'234'567;
  report.totals.commands_refused_by_reason[v1::REFUSAL_SLOT_FULL] = 89;
  const Place place{{Topic::kEvents, Shard{1}}, Offset{17}, Sequence{4711}};
  for (int i = 0; i < violations; ++i) {
    report.findings.Violated(Invariant::kCapacity, place, "\xff is full");
  }
  return report;
}

TEST(ReportTextTest, SaysWhatHoldsAndHowMuchThereWas) {
  const std::string text = TextOf(ReportWithViolations(0));
  EXPECT_THAT(text, Not(HasSubstr("VIOLATED")));
  EXPECT_THAT(text, HasSubstr("1,234,567"));
  EXPECT_THAT(text, HasSubstr("SLOT_FULL"));
}

TEST(ReportTextTest, NamesTheFirstOffencesAndCountsTheRest) {
  const std::string text = TextOf(ReportWithViolations(8));
  EXPECT_THAT(text, HasSubstr("VIOLATED"));
  EXPECT_THAT(text, HasSubstr("events/1 at 17, event 4711: \xff is full"));
  EXPECT_THAT(text, HasSubstr("and 3 more"));
}

TEST(ReportJsonTest, IsWellFormedWhateverTheTextsHold) {
  const auto json = nlohmann::json::parse(JsonOf(ReportWithViolations(8)));
  EXPECT_EQ(json["holds"], false);
  EXPECT_EQ(json["invariants"][0]["violations"], 8);
  EXPECT_EQ(json["invariants"][0]["first"].size(), 5);
  EXPECT_EQ(json["invariants"][0]["first"][0]["sequence"], 4711);
  EXPECT_EQ(json["invariants"][1]["holds"], true);
  EXPECT_EQ(json["totals"]["commands_refused_by_reason"]["SLOT_FULL"], 89);
}

}  // namespace
}  // namespace slotlog::verify
