#include "projections/demand/demand.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "tests/support/folded_model.h"

namespace slotlog {
namespace {

class DemandTest : public testing::Test {
 protected:
  void Fold(const std::string& text) { model_.Fold(Shard{0}, text); }
  void Ask(int64_t offset, const char* region, int cohort) {
    Fold(fmt::format(R"(events {{ seat_asked {{
        command_offset: {} campaign_id: 'k' site_id: 's'
        judged {{ campaign_version: 1 region: '{}' cohort: {} }} }} }})",
                     offset, region, cohort));
  }
  void Refuse(int64_t offset, const char* refusal, const char* more = "") {
    Fold(fmt::format(R"(events {{ command_refused {{
        command_offset: {} campaign_id: 'k' refusal: {} {} }} }})",
                     offset, refusal, more));
  }
  /// "k/Seoul/0 +0m: 2 asked, 1 got, SLOT_FULL 1; ..."
  std::string Rows(const DemandQuery& query = {}) {
    std::string text;
    for (const DemandRow& row : model_->Report(query).rows) {
      text += fmt::format("{}/{}/{} +{}m: {}; ", row.cell.campaign_id,
                          row.cell.region, row.cell.cohort,
                          absl::ToInt64Minutes(row.cell.minute - start_),
                          Text(row.count));
    }
    return text;
  }
  static std::string Text(const DemandCount& count) {
    std::string text =
        fmt::format("{} asked, {} got", count.requests, count.confirmed);
    int64_t refused = 0;
    for (const auto& [refusal, times] : count.refusals) {
      text += fmt::format(", {} {}", NameOf(refusal), times);
      refused += times;
    }
    EXPECT_EQ(refused, count.refused);
    return text;
  }

  FoldedModel<Demand> model_{ShardCount{1}};
  const absl::Time start_ = model_.history.now;
};

TEST_F(DemandTest, WhoAskedIsCountedWhereTheCampaignLooked) {
  Ask(1, "Seoul", 0);
  Ask(2, "Seoul", 0);
  Ask(3, "", 1);
  Fold("events { booked { command_offset: 1 } }");
  Refuse(2, "REFUSAL_SLOT_FULL", "site_id: 's'");
  EXPECT_EQ(Rows(),
            "k//1 +0m: 1 asked, 0 got; "
            "k/Seoul/0 +0m: 2 asked, 1 got, SLOT_FULL 1; ");
  EXPECT_EQ(Text(model_->Report({}).totals), "3 asked, 1 got, SLOT_FULL 1");
}

TEST_F(DemandTest, TheMinuteIsThatOfTheAskingAlsoForTheAnswer) {
  Ask(1, "", 0);
  const int64_t asked_at = absl::ToUnixMillis(model_.history.now);
  model_.history.now += absl::Minutes(3);
  Ask(2, "", 0);
  Fold(fmt::format(
      "events {{ asked_at_unix_ms: {} held {{ command_offset: 1 }} }}",
      asked_at));
  EXPECT_EQ(Rows(),
            "k//0 +0m: 1 asked, 1 got; "
            "k//0 +3m: 1 asked, 0 got; ");
  EXPECT_EQ(Rows({.from = start_ + absl::Minutes(1)}),
            "k//0 +3m: 1 asked, 0 got; ");
  EXPECT_EQ(Rows({.to = start_ + absl::Minutes(3)}),
            "k//0 +0m: 1 asked, 1 got; ");
}

TEST_F(DemandTest, WhoIsRefusedAtTheDoorAskedToo) {
  Refuse(1, "REFUSAL_WINDOW_NOT_OPEN",
         "judged { campaign_version: 1 region: 'Busan' cohort: 2 }");
  Refuse(2, "REFUSAL_CAMPAIGN_UNKNOWN", "site_id: 's'");
  EXPECT_EQ(Rows(),
            "k//0 +0m: 1 asked, 0 got, CAMPAIGN_UNKNOWN 1; "
            "k/Busan/2 +0m: 1 asked, 0 got, WINDOW_NOT_OPEN 1; ");
  EXPECT_EQ(Rows({.region = "Busan"}),
            "k/Busan/2 +0m: 1 asked, 0 got, WINDOW_NOT_OPEN 1; ");
}

TEST_F(DemandTest, WhoAsksForNoSeatIsNotCounted) {
  Refuse(1, "REFUSAL_NOTHING_TO_CANCEL");
  Refuse(2, "REFUSAL_VISIT_BEGAN", "site_id: 's'");
  Fold("events { hold_confirmed { command_offset: 3 } }");
  Fold("events { cancelled { command_offset: 4 } }");
  EXPECT_EQ(Rows(), "");
  EXPECT_EQ(Text(model_->Report({}).totals), "0 asked, 0 got");
}

TEST_F(DemandTest, WhoWaitsAskedOnce) {
  Fold(R"(events { waitlist_asked { command_offset: 1 campaign_id: 'k' } }
          events { waiting { command_offset: 1 campaign_id: 'k' } }
          events { waiting { command_offset: 2 campaign_id: 'k'
                             region: 'Seoul' } })");
  EXPECT_EQ(Rows(), "k//0 +0m: 2 asked, 0 got; ");
}

TEST_F(DemandTest, RowsBringEverythingBackAlsoWhatIsOpen) {
  Ask(1, "Seoul", 0);
  Refuse(2, "REFUSAL_NOT_YOUR_DAY", "judged { campaign_version: 1 }");
  model_.Reload();
  Fold("events { rescheduled { command_offset: 1 } }");
  EXPECT_EQ(Rows(),
            "k//0 +0m: 1 asked, 0 got, NOT_YOUR_DAY 1; "
            "k/Seoul/0 +0m: 1 asked, 1 got; ");
  EXPECT_EQ(Text(model_->Report({}).totals), "2 asked, 1 got, NOT_YOUR_DAY 1");
}

TEST_F(DemandTest, OfTooManyCellsInAMinuteTheRestIsCountedWithoutNames) {
  for (int i = 0; i < 600; ++i) Ask(i, "Seoul", i);
  const DemandReport report = model_->Report({});
  EXPECT_EQ(report.rows.size(), 513u);
  EXPECT_EQ(report.rows.front().cell.campaign_id, "");
  EXPECT_EQ(report.rows.front().count.requests, 600 - 512);
  EXPECT_EQ(report.totals.requests, 600);
}

TEST_F(DemandTest, OfMoreRowsThanAskedForTheNewestAreGiven) {
  for (int i = 0; i < 3; ++i) {
    Ask(i, "", 0);
    model_.history.now += absl::Minutes(1);
  }
  const DemandReport report = model_->Report({.rows_max = 2});
  EXPECT_FALSE(report.is_complete);
  EXPECT_EQ(Rows({.rows_max = 2}),
            "k//0 +1m: 1 asked, 0 got; k//0 +2m: 1 asked, 0 got; ");
  EXPECT_TRUE(model_->Report({}).is_complete);
}

}  // namespace
}  // namespace slotlog
