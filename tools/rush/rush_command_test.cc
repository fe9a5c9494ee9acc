// The whole command in one process, on the embedded log and the real worker.

#include "tools/rush/rush_command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace slotlog {
namespace {

class RushCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name =
        testing::UnitTest::GetInstance()->current_test_info()->name();
    data_ = testing::TempDir() + "/" + name;
    json_ = data_ + ".json";
    std::filesystem::remove_all(data_);
  }

  /// The exit code of `slotlog rush` with these arguments; -1 where the command
  /// line itself is refused.
  int Rush(std::vector<std::string> arguments) {
    int exit_code = 77;
    CLI::App app;
    AddRushCommand(app, exit_code);
    arguments.insert(arguments.begin(), "rush");
    std::reverse(arguments.begin(), arguments.end());
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError&) {
      return -1;
    }
    return exit_code;
  }

  nlohmann::json Json() {
    std::ifstream file(json_);
    return nlohmann::json::parse(file);
  }

  std::string data_;
  std::string json_;
};

TEST_F(RushCommandTest, RehearsesOnceAndShowsTheSameFiguresAgain) {
  const std::vector<std::string> arguments = {"--data", data_,    "--bookings",
                                              "2000",   "--json", json_};
  EXPECT_EQ(Rush(arguments), 0);
  nlohmann::json json = Json();
  EXPECT_EQ(json["bookings"], 2000);
  EXPECT_EQ(json["commands"], 2000);
  EXPECT_EQ(json["refusals"], nlohmann::json::object());
  EXPECT_EQ(json["durable"], true);
  EXPECT_GT(json["seconds"], 0.0);

  std::filesystem::remove(json_);
  EXPECT_EQ(Rush(arguments), 0);
  json = Json();
  EXPECT_EQ(json["bookings"], 2000);
  EXPECT_EQ(json["finished"], true);
}

TEST_F(RushCommandTest, ASmallKoreanDaySellsOut) {
  EXPECT_EQ(Rush({"korea-2021-07-12", "--data", data_, "--bookings", "1000",
                  "--shards", "3", "--json", json_}),
            0);
  const nlohmann::json json = Json();
  EXPECT_EQ(json["commands"], 5405);
  EXPECT_EQ(json["confirmations"], 5405);
  EXPECT_EQ(json["seats_left"], 0);
  EXPECT_EQ(json["refusals"]["NOT_ELIGIBLE"], 54);
  EXPECT_EQ(json["refusals"]["WINDOW_NOT_OPEN"], 54);
  EXPECT_EQ(json["shards"], 3);
  const nlohmann::json fairness = json["fairness"];
  EXPECT_EQ(fairness["cohort"][0]["tried"], 1905);
  EXPECT_EQ(fairness["cohort"][0]["booked"], 1000);
  EXPECT_EQ(fairness["cohort"][1]["booked"], 0);
  EXPECT_EQ(fairness["region"].size(), 17u);
  EXPECT_GT(fairness["arrival_tenth"][0]["rate"],
            fairness["arrival_tenth"][9]["rate"]);
}

TEST_F(RushCommandTest, AnExpiryWaveGivesEverySeatToSomebody) {
  EXPECT_EQ(Rush({"expiry-wave", "--data", data_, "--bookings", "1000",
                  "--json", json_}),
            0);
  const nlohmann::json json = Json();
  EXPECT_EQ(json["holds"], 1000);
  EXPECT_GT(json["holds_expired"], 200);
  EXPECT_EQ(json["bookings"], 1000);
  EXPECT_EQ(json["seats_left"], 0);
}

TEST_F(RushCommandTest, ASmallRotationIsEvenByTheDayOfBirth) {
  EXPECT_EQ(Rush({"korea-2021-08-rotation", "--data", data_, "--bookings",
                  "20000", "--json", json_}),
            0);
  const nlohmann::json json = Json();
  EXPECT_EQ(json["bookings"], 17063);
  EXPECT_GT(json["refusals"]["NOT_YOUR_DAY"], 0);
  EXPECT_GT(json["refusals"]["WINDOW_NOT_OPEN"], 0);
  EXPECT_GT(json["refusals"]["ROUND_SHARE_TAKEN"], 0);
  EXPECT_EQ(json["fairness"]["birth_day_digit"].size(), 10u);
}

TEST_F(RushCommandTest, AnotherRehearsalInTheSameDirectoryIsRefused) {
  EXPECT_EQ(Rush({"--data", data_, "--bookings", "100"}), 0);
  EXPECT_EQ(Rush({"--data", data_, "--bookings", "101"}), 2);
  EXPECT_EQ(Rush({"--data", data_, "--bookings", "100", "--shards", "3"}), 2);
}

TEST_F(RushCommandTest, ADirectoryOfSomethingElseIsLeftAlone) {
  std::filesystem::create_directories(data_);
  std::ofstream(data_ + "/thesis.txt") << "years of work";
  EXPECT_EQ(Rush({"--data", data_}), 2);
  EXPECT_FALSE(std::filesystem::exists(data_ + "/rush.json"));
}

TEST_F(RushCommandTest, AWrongScenarioIsRefusedBeforeAnythingIsMade) {
  EXPECT_EQ(Rush({"seoul", "--data", data_}), 2);
  EXPECT_EQ(Rush({"./seoul.json", "--data", data_}), 2);
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(RushCommandTest, AWrongCommandLineIsRefused) {
  EXPECT_EQ(Rush({}), -1);
  EXPECT_EQ(Rush({"--data", data_, "--fast"}), -1);
  EXPECT_EQ(Rush({"--data", data_, "--shards", "0"}), -1);
  EXPECT_EQ(Rush({"--data", data_, "--bookings", "many"}), -1);
  EXPECT_FALSE(std::filesystem::exists(data_));
}

}  // namespace
}  // namespace slotlog
