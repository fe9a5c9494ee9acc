#include "tools/campaign/campaign_file.h"

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

/// A campaign in this zone with these rounds or this rotation.
std::string FileOf(const std::string& zone, const std::string& times) {
  return R"({"campaign_id": "k", "time_zone": ")" + zone +
         R"(", "cohorts": [{"born_from": "1962-01-01", "born_to":
         "1966-12-31"}], )" +
         times + "}";
}

std::string RoundOf(const std::string& opens, const std::string& closes) {
  return R"("rounds": [{"opens": ")" + opens + R"(", "closes": ")" + closes +
         R"("}])";
}

std::string ErrorOf(const std::string& json) {
  const auto file = ReadCampaign(json);
  return file.ok() ? "none" : std::string(file.status().message());
}

std::string Utc(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M", absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

v1::Campaign CampaignOf(const std::string& json) {
  const auto file = ReadCampaign(json);
  EXPECT_TRUE(file.ok()) << file.status().message();
  return file.ok() ? file->campaign : v1::Campaign();
}

TEST(CampaignFileTest, LocalTimesBecomeInstants) {
  const v1::Campaign campaign = CampaignOf(
      FileOf("Asia/Seoul", RoundOf("2021-07-12T00:00", "2021-07-12T18:00:30")));
  ASSERT_EQ(campaign.rounds_size(), 1);
  const v1::Round& round = campaign.rounds(0);
  EXPECT_EQ(Utc(round.opens_unix_ms()), "2021-07-11T15:00");
  EXPECT_EQ(round.opens_local(), "2021-07-12T00:00:00+09:00");
  EXPECT_EQ(round.closes_local(), "2021-07-12T18:00:30+09:00");
  EXPECT_EQ(campaign.utc_offset_minutes(), 540);
}

TEST(CampaignFileTest, TheOffsetIsTheOneOfItsDay) {
  const v1::Campaign winter = CampaignOf(
      FileOf("Europe/Rome", RoundOf("2021-03-27T09:00", "2021-03-28T09:00")));
  EXPECT_EQ(winter.rounds(0).opens_local(), "2021-03-27T09:00:00+01:00");
  EXPECT_EQ(winter.rounds(0).closes_local(), "2021-03-28T09:00:00+02:00");
  EXPECT_EQ(winter.utc_offset_minutes(), 60);
}

TEST(CampaignFileTest, TimesThatClocksSkipOrRepeatAreRefused) {
  EXPECT_EQ(ErrorOf(FileOf("Europe/Rome",
                           RoundOf("2021-03-28T02:30", "2021-03-29T09:00"))),
            "rounds[0].opens: 2021-03-28T02:30:00 never is: the clocks of "
            "Europe/Rome go on from 2021-03-28T02:00:00 to "
            "2021-03-28T03:00:00");
  EXPECT_EQ(ErrorOf(FileOf("Europe/Rome",
                           RoundOf("2021-10-31T02:30", "2021-11-01T09:00"))),
            "rounds[0].opens: 2021-10-31T02:30:00 is twice, as the clocks of "
            "Europe/Rome are put back: write 2021-10-31T02:30:00+02:00 or "
            "2021-10-31T02:30:00+01:00");
  const v1::Campaign second = CampaignOf(FileOf(
      "Europe/Rome", RoundOf("2021-10-31T02:30:00+01:00", "2021-11-01T09:00")));
  EXPECT_EQ(Utc(second.rounds(0).opens_unix_ms()), "2021-10-31T01:30");
}

TEST(CampaignFileTest, AnOffsetThatIsNotTheZonesIsRefused) {
  EXPECT_EQ(
      ErrorOf(FileOf("Asia/Seoul", RoundOf("2021-07-12T00:00:00+08:00",
                                           "2021-07-13T00:00:00+09:00"))),
      "rounds[0].opens: 2021-07-12T00:00:00+08:00 has another offset than "
      "Asia/Seoul, where it is 2021-07-12T01:00:00+09:00 then");
}

TEST(CampaignFileTest, ARotationIsARoundADay) {
  const v1::Campaign campaign = CampaignOf(FileOf("Asia/Seoul", R"("rotation":
      {"first_day": "2021-08-09", "opens": "20:00", "closes": "18:00",
       "splits_capacity": true})"));
  ASSERT_EQ(campaign.rounds_size(), 10);
  EXPECT_EQ(campaign.rounds(0).opens_local(), "2021-08-09T20:00:00+09:00");
  EXPECT_EQ(campaign.rounds(0).closes_local(), "2021-08-10T18:00:00+09:00");
  EXPECT_EQ(campaign.rounds(0).birth_day_digits(0), 9u);
  EXPECT_EQ(campaign.rounds(0).capacity_share_permille(), 100u);
  EXPECT_EQ(campaign.rounds(9).opens_local(), "2021-08-18T20:00:00+09:00");
  EXPECT_EQ(campaign.rounds(9).birth_day_digits(0), 8u);
  EXPECT_EQ(campaign.rounds(9).capacity_share_permille(), 1000u);
}

TEST(CampaignFileTest, WhomARotationForgetsIsRemarked) {
  const auto file = ReadCampaign(FileOf("Asia/Seoul", R"("rotation":
      {"first_day": "2021-07-25", "opens": "09:00", "closes": "18:00"})"));
  ASSERT_TRUE(file.ok()) << file.status().message();
  ASSERT_EQ(file->remarks.size(), 1u);
  EXPECT_EQ(file->remarks[0],
            "No round is for those whose day of birth ends in 4.");
}

TEST(CampaignFileTest, WhatIsWrongIsNamedWithItsPlace) {
  const std::string good = RoundOf("2021-07-12T00:00", "2021-07-12T18:00");
  EXPECT_EQ(ErrorOf("{"), "the file: is not JSON");
  EXPECT_EQ(ErrorOf("[]"), "the file: must be an object");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Soul", good)).substr(0, 36),
            "time_zone: \"Asia/Soul\" is no time zo");
  for (const char* zone : {"localtime", "/etc/localtime", ":Asia/Seoul"}) {
    EXPECT_EQ(ErrorOf(FileOf(zone, good)).substr(0, 10), "time_zone:") << zone;
  }
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul", good + ", " + good)),
            "rounds: must be given once, not twice");
  EXPECT_EQ(
      ErrorOf(FileOf("Asia/Seoul", good + R"(, "chanses": 3)")).substr(0, 29),
      "chanses: is not known here; w");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul", good + R"(, "chances": "3")")),
            "chances: must be a whole number from 0");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul", good + R"(, "chances": 1001)")),
            "chances: NUMBER_OUT_OF_RANGE");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul", RoundOf("12 July", "2021-07-12"))),
            "rounds[0].opens: \"12 July\" is no time; one is 2021-07-19T20:00, "
            "by the zone's clocks");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul",
                           RoundOf("2021-07-12T18:00", "2021-07-12T18:00"))),
            "rounds[0].closes_unix_ms: INTERVAL_NOT_POSITIVE");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul",
                           good + R"(, "next": {"campaign_id": "k2"})")),
            "next.by: must be \"offered\" or \"booked\"");
  EXPECT_EQ(ErrorOf(FileOf("Asia/Seoul", R"("rounds": [3])")),
            "rounds[0]: must be an object");
}

}  // namespace
}  // namespace slotlog
