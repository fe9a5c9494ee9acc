#include "tools/rush/summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

RushOutcomes SomeOutcomes() {
  RushOutcomes outcomes;
  outcomes.is_finished = true;
  outcomes.shards = ShardCount{2};
  outcomes.seed = 7;
  outcomes.peak_rss_bytes = uint64_t{900} << 20;
  outcomes.disk_bytes = uint64_t{3} << 30;
  outcomes.directory = "/tmp/rush";
  Figures& figures = outcomes.figures;
  figures.commands_published = 1'000'000;
  figures.commands_answered = 1'000'000;
  figures.bookings = 400'000;
  figures.cancellations = 1'000;
  figures.refusals = {{v1::REFUSAL_SLOT_FULL, 590'000},
                      {v1::REFUSAL_NOT_ELIGIBLE, 5'000}};
  figures.repeated = 4'000;
  figures.elapsed = absl::Seconds(8);
  for (int ms = 1; ms <= 1000; ++ms) {
    figures.confirmation.AddMilliseconds(ms);
    figures.wait.AddMilliseconds(ms);
  }
  return outcomes;
}

Scenario TheDay() {
  Scenario scenario = SmallRush();
  scenario.seats = 399'000;
  scenario.on_the_day = "it stood still; then it closed";
  scenario.on_the_day_bookings = 1'850'000;
  scenario.on_the_day_seconds = 55'800;
  return scenario;
}

TEST(SummaryTest, JsonHasTheFieldsThatScriptsRelyOn) {
  const auto json =
      nlohmann::json::parse(SummaryAsJson(TheDay(), SomeOutcomes()));
  EXPECT_EQ(json["bookings"], 400'000);
  EXPECT_EQ(json["commands"], 1'000'000);
  EXPECT_EQ(json["refusals"],
            (nlohmann::json{{"SLOT_FULL", 590'000}, {"NOT_ELIGIBLE", 5'000}}));
  EXPECT_EQ(json["seconds"], 8.0);
  EXPECT_EQ(json["bookings_per_second"], 50'000.0);
  EXPECT_EQ(json["commands_per_second"], 125'000.0);
  EXPECT_NEAR(json["confirmation_ms"]["p50"].get<double>(), 500, 6);
  EXPECT_NEAR(json["confirmation_ms"]["p99"].get<double>(), 990, 11);
  EXPECT_NEAR(json["confirmation_ms"]["p999"].get<double>(), 999, 11);
  EXPECT_EQ(json["peak_rss_bytes"], int64_t{900} << 20);
  EXPECT_EQ(json["durable"], true);
  EXPECT_EQ(json["shards"], 2);
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["finished"], true);
  EXPECT_EQ(json["scenario"], "small");
}

TEST(SummaryTest, PeopleReadWhatHappenedBesideTheDay) {
  EXPECT_EQ(SummaryForPeople(TheDay(), SomeOutcomes()),
            R"(A small rush.
250 eligible people, 399,000 seats at 5 sites; seed 7, 2 shards.

  booked           400,000, of them 1,000 cancelled
  seats left       0
  commands         1,000,000, all answered, each once
  time             8.00 s
  bookings/s       50,000
  decisions/s      125,000
                   p50        p99        p99.9
  confirmation     501 ms     998 ms     1.01 s
  wait on the log  501 ms     998 ms     1.01 s
  refused                5,000  NOT_ELIGIBLE
                       590,000  SLOT_FULL
  answered again         4,000  sent twice by the impatient
  peak memory      900 MiB
  disk             3.00 GiB in /tmp/rush
  on the day       it stood still
                   then it closed
                   1,850,000 bookings in 15 h 30 min: 33/s then, 1508 times as many here
)");
}

TEST(SummaryTest, SaysWhenItIsNotFinishedOrWasBefore) {
  RushOutcomes outcomes = SomeOutcomes();
  outcomes.was_finished_before = true;
  EXPECT_NE(SummaryForPeople(TheDay(), outcomes).find("Finished already"),
            std::string::npos);
  outcomes.was_finished_before = false;
  outcomes.is_finished = false;
  outcomes.figures.commands_answered = 999'000;
  const std::string text = SummaryForPeople(TheDay(), outcomes);
  EXPECT_NE(text.find("Stopped before the end. So far:"), std::string::npos);
  EXPECT_NE(text.find("1,000,000, 999,000 answered"), std::string::npos);
}

TEST(SummaryTest, SuccessRatesAreSmallTables) {
  RushOutcomes outcomes = SomeOutcomes();
  outcomes.fairness.by_cohort = {{"eligible", 250'000, 100'000},
                                 {"other ages", 20, 0},
                                 {"next cohort", 0, 0}};
  outcomes.fairness.by_arrival = {{"1", 1'000, 1'000}};
  const std::string text = SummaryForPeople(TheDay(), outcomes);
  EXPECT_NE(text.find(R"(
  by cohort              tried      booked   rate
  eligible             250,000     100,000  40.0 %  ########
  other ages                20           0   0.0 %

  by arrival             tried      booked   rate
  1                      1,000       1,000 100.0 %  ####################
)"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("by region"), std::string::npos);

  const auto json =
      nlohmann::json::parse(SummaryAsJson(TheDay(), outcomes))["fairness"];
  EXPECT_EQ(json["cohort"][0]["kind"], "eligible");
  EXPECT_EQ(json["cohort"][0]["rate"], 0.4);
  EXPECT_TRUE(json["cohort"][2]["rate"].is_null());
  EXPECT_EQ(json["region"], nlohmann::json::array());
  EXPECT_EQ(json["arrival_tenth"][0]["booked"], 1'000);
}

TEST(SummaryTest, MemoryThatNobodyKnowsIsLeftOut) {
  RushOutcomes outcomes = SomeOutcomes();
  outcomes.peak_rss_bytes.reset();
  EXPECT_EQ(SummaryForPeople(TheDay(), outcomes).find("memory"),
            std::string::npos);
  EXPECT_TRUE(
      nlohmann::json::parse(SummaryAsJson(TheDay(), outcomes))["peak_rss_bytes"]
          .is_null());
}

TEST(SummaryTest, NothingDoneIsNoDivisionByZero) {
  RushOutcomes outcomes = SomeOutcomes();
  outcomes.figures = Figures();
  EXPECT_NE(SummaryForPeople(TheDay(), outcomes).find("bookings/s       0\n"),
            std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(
                SummaryAsJson(TheDay(), outcomes))["bookings_per_second"],
            0.0);
}

}  // namespace
}  // namespace slotlog
