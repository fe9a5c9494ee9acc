#include "tools/rush/scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace slotlog {
namespace {

// One field a line, so that a case can name the line it breaks.
constexpr char kGood[] = R"({
"title": "A day",
"campaign": "c1",
"born_from": "1962-01-01",
"born_to": "1966-12-31",
"citizens": {"value": 3000, "source": "press"},
"seats": 1500,
"sites": 13,
"first_slot": "2021-07-26T09:00:00+09:00",
"slot_days": 12,
"slots_per_day": 1,
"slot_minutes": 540,
"commands": 10000,
"choice": "popularity"
}
)";

/// kGood with one text in it replaced by another.
std::string With(std::string_view from, std::string_view to) {
  std::string text = kGood;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string MistakeIn(const std::string& text) {
  const auto scenario = ParseScenario("some/korea.json", text);
  if (scenario.ok()) return "none";
  EXPECT_EQ(scenario.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(scenario.status().message());
}

TEST(ScenarioTest, ReadsValuesWithAndWithoutTheirSource) {
  const auto scenario = ParseScenario("some/korea.json", kGood);
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->name, "korea");
  EXPECT_EQ(scenario->citizens, 3000u);
  EXPECT_EQ(scenario->seats, 1500u);
  EXPECT_EQ(scenario->cohort.born_to, absl::CivilDay(1966, 12, 31));
  EXPECT_EQ(scenario->first_slot, absl::CivilMinute(2021, 7, 26, 9, 0));
  EXPECT_EQ(scenario->utc_offset, absl::Hours(9));
  EXPECT_EQ(scenario->choice, Choice::kPopularity);
  EXPECT_EQ(scenario->too_early, 0u);
}

struct Mistake {
  std::string_view from;
  std::string_view to;
  std::string_view message;
};

TEST(ScenarioTest, EachMistakeIsNamedByFileLineAndField) {
  const Mistake mistakes[] = {
      {R"("sites": 13)", R"("sites": "many")",
       "some/korea.json:8: sites: must be a whole number from 1 to "
       "1,000,000, found \"many\""},
      {R"("sites": 13)", R"("sites": 0)",
       "some/korea.json:8: sites: must be a whole number from 1 to "
       "1,000,000, found 0"},
      {R"("seats": 1500)", R"("seats": -1)",
       "some/korea.json:7: seats: must be a whole number from 1 to "
       "20,000,000, found -1"},
      {R"("seats": 1500)", R"("seats": 1.5)",
       "some/korea.json:7: seats: must be a whole number from 1 to "
       "20,000,000, found 1.5"},
      {R"("value": 3000)", R"("value": null)",
       "some/korea.json:6: citizens: must be a whole number from 1 to "
       "20,000,000, found null"},
      {R"("source": "press")", R"("origin": "press")",
       "some/korea.json:6: citizens: must be a value, or {\"value\": ..., "
       "\"source\": \"...\"}, found {\"origin\":\"press\",\"value\":3000}"},
      {R"("slot_days": 12,)", "",
       "some/korea.json:1: slot_days: is missing: must be a whole number from "
       "1 to 128"},
      {R"("choice": "popularity")", R"("choice": "fame")",
       "some/korea.json:14: choice: must be \"own seat\" or \"popularity\", "
       "found \"fame\""},
      {R"("1962-01-01")", R"("1962-02-30")",
       "some/korea.json:4: born_from: must be a day like \"1962-01-31\", from "
       "1850, found \"1962-02-30\""},
      {R"("1966-12-31")", R"("1961-12-31")",
       "some/korea.json:5: born_to: must not be before born_from"},
      {"T09:00:00+09:00", " at nine",
       "some/korea.json:9: first_slot: must be a moment like "
       "\"2021-07-12T00:00:00+09:00\", found \"2021-07-26 at nine\""},
      {R"("title": "A day")", R"("title": "")",
       "some/korea.json:2: title: must be a text of 1 to 200 bytes, found "
       "\"\""},
      {R"("slot_minutes": 540)", R"("slot_minutes": 901)",
       "some/korea.json:12: slot_minutes: must let the day's slots end by "
       "midnight"},
      {R"("slots_per_day": 1)", R"("slots_per_day": 11)",
       "some/korea.json:11: slots_per_day: must be, times slot_days, at most "
       "128"},
      {R"("choice": "popularity")", R"("choice": "own seat")",
       "some/korea.json:7: seats: must be at least as many as citizens, where "
       "each has a seat of their own"},
      {R"("seats": 1500)", R"("too_early": 5, "seats": 1500)",
       "some/korea.json:1: next_campaign: is missing: must be a text of 1 to "
       "64 bytes"},
      {R"("slot_days": 12)", "\"seats\": 12",
       "some/korea.json:10: seats: is given twice, first in line 7"},
      {R"("seats": 1500,)", R"("seats": 1500)",
       "some/korea.json:8: is no JSON: unexpected string literal; expected "
       "'}'"},
  };
  for (const auto& [from, to, message] : mistakes) {
    EXPECT_EQ(MistakeIn(With(from, to)), message);
  }
}

TEST(ScenarioTest, AFieldThatThereIsNotIsRefusedAndTheOthersAreNamed) {
  const std::string mistake =
      MistakeIn(With("\"seats\": 1500,", "\"seats\": 1500, \"seat\": 2,"));
  EXPECT_EQ(mistake.find("some/korea.json:7: seat: is no field of a scenario; "
                         "these are: born_from, born_to, campaign, "),
            0u)
      << mistake;
}

TEST(ScenarioTest, WhatIsNoObjectIsRefused) {
  EXPECT_EQ(MistakeIn("[]"),
            "some/korea.json:1: must be an object: {\"title\": ..., ...}");
  EXPECT_EQ(MistakeIn("").find("some/korea.json:1: is no JSON: "), 0u);
}

TEST(ScenarioTest, RegionsHaveTheirShares) {
  const auto regions = [](std::string_view value) {
    return With("\"seats\": 1500,",
                fmt::format("\"regions\": {}, \"seats\": 1500,", value));
  };
  const auto scenario = ParseScenario(
      "some/korea.json", regions(R"([["Seoul", 184], ["Jeju", 13]])"));
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  ASSERT_EQ(scenario->regions.size(), 2u);
  EXPECT_EQ(scenario->regions[0].name, "Seoul");
  EXPECT_EQ(scenario->regions[1].share, 13u);
  for (const char* wrong :
       {"[]", "7", R"(["Seoul"])", R"([["Seoul", 0]])", R"([["", 1]])",
        R"([["Seoul", -1]])", R"([["Seoul", 1], ["Seoul", 2]])"}) {
    EXPECT_EQ(MistakeIn(regions(wrong))
                  .find("some/korea.json:7: regions: must be 1 to 64 different "
                        "names of 1 to 64 bytes, each with its share"),
              0u)
        << wrong;
  }
}

TEST(ScenarioTest, AKeyInsideATextOrAValueIsNoField) {
  EXPECT_EQ(MistakeIn(With("\"A day\"", R"("A \"seats\": day")")), "none");
  EXPECT_EQ(MistakeIn(With("\"press\"", R"("\"sites\": {")")), "none");
}

TEST(ScenarioTest, OtherSeatsChangeEverythingThatIsCounted) {
  const auto scenario = ParseScenario("korea.json", kGood);
  const auto small = WithSeats(*scenario, 150);
  ASSERT_TRUE(small.ok()) << small.status();
  EXPECT_EQ(small->seats, 150u);
  EXPECT_EQ(small->citizens, 300u);
  EXPECT_EQ(small->commands, 1000u);
  EXPECT_EQ(small->sites, 1u);
  EXPECT_EQ(small->not_eligible, 0u);
  EXPECT_FALSE(WithSeats(*scenario, kPeopleMax).ok());
}

TEST(ScenarioTest, ASmallerDayHoldsSeatsForLessButNotTooLittle) {
  const auto wave = FindScenario("expiry-wave");
  ASSERT_TRUE(wave.ok()) << wave.status();
  EXPECT_EQ(WithSeats(*wave, wave->seats / 2)->hold_seconds,
            wave->hold_seconds / 2);
  EXPECT_EQ(WithSeats(*wave, 100)->hold_seconds, 5u);
}

TEST(ScenarioTest, UniformHasOneSeatAndOneCommandForEachCitizen) {
  const auto scenario = FindScenario("uniform");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  for (const uint32_t seats : {1u, 7u, 12'345u, 10'000'000u}) {
    const auto uniform = WithSeats(*scenario, seats);
    ASSERT_TRUE(uniform.ok()) << uniform.status();
    EXPECT_EQ(uniform->citizens, seats);
    EXPECT_EQ(uniform->commands, seats);
  }
}

TEST(ScenarioTest, TheKoreanDayIsAsReported) {
  const auto korea = FindScenario("korea-2021-07-12");
  ASSERT_TRUE(korea.ok()) << korea.status();
  EXPECT_EQ(korea->citizens, 3'524'000u);
  EXPECT_EQ(korea->seats, 1'850'000u);
  EXPECT_EQ(korea->commands, 10'000'000u);
}

// Whoever reads a built-in scenario sees of every figure where it is from.
TEST(ScenarioTest, EveryFigureThatIsBuiltInNamesItsSource) {
  EXPECT_EQ(BuiltInScenarios().size(), 5u);
  for (const auto& [name, text] : BuiltInScenarios()) {
    const auto scenario = FindScenario(name);
    EXPECT_TRUE(scenario.ok()) << scenario.status();
    const nlohmann::json fields = nlohmann::json::parse(text);
    for (auto field = fields.begin(); field != fields.end(); ++field) {
      EXPECT_TRUE(field->contains("source")) << name << ": " << field.key();
    }
  }
}

TEST(ScenarioTest, BuiltInScenariosAreTheFiles) {
  for (const auto& [name, text] : BuiltInScenarios()) {
    std::ifstream file(fmt::format("tools/scenarios/{}.json", name));
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text, bytes) << name;
  }
}

TEST(ScenarioTest, AFileOfOnesOwnIsRead) {
  const std::string path = testing::TempDir() + "/mine.json";
  std::ofstream(path) << kGood;
  const auto mine = FindScenario(path);
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_EQ(mine->name, "mine");
}

TEST(ScenarioTest, AnUnknownNameAnswersThoseThatThereAre) {
  EXPECT_EQ(FindScenario("seoul").status().message(),
            "there is no scenario \"seoul\"; built in are expiry-wave, "
            "korea-2021-07-12, korea-2021-07-19, korea-2021-08-rotation, "
            "uniform; a file of your own ends in .json or is given with its "
            "folder");
  EXPECT_EQ(FindScenario("seoul.json").status().message(),
            "cannot read seoul.json: No such file or directory");
}

}  // namespace
}  // namespace slotlog
