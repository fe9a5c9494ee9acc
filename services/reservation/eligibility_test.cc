// What is judged and what is put down of it, case by case; what it leads to is
// told in campaign_story_test.cc.

#include "services/reservation/eligibility.h"

#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "services/reservation/rules.h"
#include "services/reservation/story_campaign.h"

namespace slotlog {
namespace {

/// A campaign of versions, each told as stories tell it.
class Told {
 public:
  Told& Version(const std::string& effective, const StoryWords& words) {
    campaign_.versions.push_back(
        {.effective = StoryTimeOf(effective),
         .rules = RulesFrom(StoryCampaignOf("k", words, 0))});
    return *this;
  }
  const Campaign& campaign() const { return campaign_; }

 private:
  Campaign campaign_;
};

/// "yes" or the reason; version, cohort and round; and what is put down.
std::string Judged(const Campaign& campaign, const std::string& citizen,
                   const std::string& asked_at) {
  v1::Profile profile;
  SetStoryProfile(citizen, profile);
  const Judgement judgement = Judge(campaign, profile, StoryTimeOf(asked_at));
  v1::Judged judged;
  RecordJudgement(judgement, campaign, profile, judged);
  const std::string reason = NameOf(judgement.refusal);
  return (reason.empty() ? "yes" : reason) + " " + judged.ShortDebugString();
}

TEST(EligibilityTest, OnlyWhatTheCohortLooksAtIsPutDown) {
  const Told told = Told().Version(
      "00:00",
      {"cohort=19620101-19661231", "cohort=19000101-20051231,region:seoul",
       "cohort=19000101-20051231,list:nurses|police",
       "cohort=19000101-20051231,dose:2", "cohort=19000101-20051231,days:21",
       "round=09:00-18:00"});
  struct Case {
    const char* citizen;
    const char* judged;
  };
  const Case cases[] = {
      {"19620712,region=seoul,list=police,doses=1,last=20210601",
       "yes campaign_version: 1 birth_date_yyyymmdd: 19620712"},
      {"19900101,region=seoul,doses=5,last=20210601",
       "yes campaign_version: 1 cohort: 1 birth_date_yyyymmdd: 19900101 "
       "region: \"seoul\""},
      {"19900101,region=jeju,list=carers|police|nurses,doses=5,last=20210601",
       "yes campaign_version: 1 cohort: 2 birth_date_yyyymmdd: 19900101 "
       "priority_list: \"police\""},
      {"19900101,doses=1,last=20210711",
       "yes campaign_version: 1 cohort: 3 birth_date_yyyymmdd: 19900101 "
       "doses: 1"},
      {"19900101,doses=4,last=20210601",
       "yes campaign_version: 1 cohort: 4 birth_date_yyyymmdd: 19900101 "
       "doses: 4 last_dose_yyyymmdd: 20210601"},
      {"19900101,doses=4,last=20210711",
       "TOO_SOON_AFTER_LAST_DOSE campaign_version: 1 cohort: 4 "
       "birth_date_yyyymmdd: 19900101 doses: 4 last_dose_yyyymmdd: 20210711"},
      {"20100101",
       "NOT_ELIGIBLE campaign_version: 1 birth_date_yyyymmdd: "
       "20100101"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Judged(told.campaign(), c.citizen, "09:00"), c.judged)
        << c.citizen;
  }
}

TEST(EligibilityTest, TheClosestRoundGivesTheReason) {
  const Told told = Told().Version(
      "00:00", {"cohort=19620101-19661231", "cohort=19900101-19901231",
                "round=09:00-10:00,digits:1,cohorts:0",
                "round=11:00-12:00,digits:2,cohorts:0",
                "round=13:00-14:00,digits:1,cohorts:0",
                "round=13:30-14:00,digits:1,cohorts:0"});
  struct Case {
    const char* citizen;
    const char* asked_at;
    const char* reason;
    uint32_t round;
  };
  const Case cases[] = {
      {"19620711", "08:59:59.999", "WINDOW_NOT_OPEN", 0},
      {"19620711", "09:00", "yes", 0},
      {"19620711", "09:59:59.999", "yes", 0},
      {"19620711", "10:00", "WINDOW_NOT_OPEN", 2},
      {"19620711", "11:30", "NOT_YOUR_DAY", 1},
      {"19620711", "12:00", "WINDOW_NOT_OPEN", 2},
      {"19620711", "13:30", "yes", 2},
      {"19620711", "14:00", "WINDOW_OVER", 0},
      {"19620731", "09:00", "yes", 0},
      {"19620730", "09:00", "NOT_YOUR_DAY", 0},
      {"19620730", "10:00", "NOT_YOUR_DAY", 0},
      {"19900101", "09:00", "NOT_ELIGIBLE", 0},
  };
  for (const Case& c : cases) {
    v1::Profile profile;
    SetStoryProfile(c.citizen, profile);
    const Judgement judgement =
        Judge(told.campaign(), profile, StoryTimeOf(c.asked_at));
    const std::string reason = NameOf(judgement.refusal);
    EXPECT_EQ(reason.empty() ? "yes" : reason, c.reason)
        << c.citizen << " at " << c.asked_at;
    EXPECT_EQ(judgement.round, c.round) << c.citizen << " at " << c.asked_at;
  }
}

TEST(EligibilityTest, TheVersionOfAskedAtJudgesAndTheLaterOfEqualOnes) {
  const Told told =
      Told()
          .Version("12:00", {"19620101", "19621231", "09:00-18:00"})
          .Version("09:00", {"19620101", "19631231", "09:00-18:00"})
          .Version("09:30", {"19620101", "19641231", "09:00-18:00"})
          .Version("09:30", {"19620101", "19651231", "09:00-18:00"});
  const auto version_at = [&](const char* asked_at) {
    return VersionAt(told.campaign(), StoryTimeOf(asked_at)).value;
  };
  EXPECT_EQ(version_at("08:59:59.999"), 1u);
  EXPECT_EQ(version_at("09:00"), 2u);
  EXPECT_EQ(version_at("09:29:59.999"), 2u);
  EXPECT_EQ(version_at("09:30"), 4u);
  EXPECT_EQ(version_at("23:00"), 4u);
}

}  // namespace
}  // namespace slotlog
