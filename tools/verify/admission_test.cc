#include "tools/verify/admission.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace slotlog::verify {
namespace {

constexpr int64_t kNoon = 1'626'091'200'000;  // 12 July 2021, 12:00 in UTC
constexpr int64_t kHour = 3'600'000;

v1::Campaign Summer() {
  v1::Campaign campaign;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "utc_offset_minutes: 540 dose: 2 "
      "cohorts { born_from_yyyymmdd: 19620101 born_to_yyyymmdd: 19661231 "
      "  regions: 'seoul' priority_lists: 'nurses' priority_lists: 'police' "
      "  days_since_last_dose_min: 21 } "
      "cohorts { born_from_yyyymmdd: 19000101 born_to_yyyymmdd: 19101231 } "
      "rounds { opens_unix_ms: 1626091200000 closes_unix_ms: 1626112800000 "
      "  birth_day_digits: 1 birth_day_digits: 2 cohorts: 0 }",
      &campaign));
  return campaign;
}

Wisher Nurse() {
  return {19620712, "seoul", {"carers", "nurses"}, 1, 20210601, kNoon};
}

TEST(AdmissionTest, EveryConditionKeepsSomebodyOut) {
  struct Case {
    void (*change)(Wisher&);
    const char* why;
  };
  const Case cases[] = {
      {[](Wisher&) {}, ""},
      {[](Wisher& w) { w.birth_date_yyyymmdd = 19611231; }, "born 19611231"},
      {[](Wisher& w) { w.birth_date_yyyymmdd = 19670101; }, "born 19670101"},
      {[](Wisher& w) { w.birth_date_yyyymmdd = 19661231; }, ""},
      {[](Wisher& w) { w.region = "jeju"; }, "lives in \"jeju\""},
      {[](Wisher& w) { w.priority_lists = {"carers"}; }, "none of the lists"},
      {[](Wisher& w) { w.priority_lists = {}; }, "none of the lists"},
      {[](Wisher& w) { w.doses = 0; }, "had 0 doses, and this is number 2"},
      {[](Wisher& w) { w.doses = 2; }, "had 2 doses"},
      {[](Wisher& w) { w.last_dose_yyyymmdd = 0; }, "not known"},
      {[](Wisher& w) { w.last_dose_yyyymmdd = 20210621; }, ""},
      {[](Wisher& w) { w.last_dose_yyyymmdd = 20210622; }, "20 days before"},
      // It is the next day in Seoul.
      {[](Wisher& w) {
         w.last_dose_yyyymmdd = 20210622;
         w.asked_at_unix_ms = kNoon + 3 * kHour;
       },
       ""},
      {[](Wisher& w) { w.asked_at_unix_ms = kNoon - 1; }, "outside the window"},
      {[](Wisher& w) { w.asked_at_unix_ms = kNoon + 6 * kHour; },
       "outside the window"},
      {[](Wisher& w) { w.asked_at_unix_ms = kNoon + 6 * kHour - 1; }, ""},
      {[](Wisher& w) { w.birth_date_yyyymmdd = 19620710; }, "ends in 0"},
      {[](Wisher& w) { w.birth_date_yyyymmdd = 19620731; }, ""},
  };
  for (const Case& c : cases) {
    Wisher wisher = Nurse();
    c.change(wisher);
    const std::string why = WhyNotAdmitted(Summer(), 0, 0, wisher);
    EXPECT_EQ(why.empty(), std::string(c.why).empty()) << why;
    EXPECT_THAT(why, testing::HasSubstr(c.why));
    EXPECT_EQ(IsAdmitted(Summer(), wisher), why.empty());
  }
}

TEST(AdmissionTest, ARoundMayBeForOtherCohorts) {
  Wisher wisher = Nurse();
  wisher.birth_date_yyyymmdd = 19010101;
  EXPECT_EQ(WhyNotAdmitted(Summer(), 1, 0, wisher),
            "the round is for other cohorts");
}

TEST(AdmissionTest, IndexesThatAreNoneAreNamed) {
  EXPECT_EQ(WhyNotAdmitted(Summer(), 2, 0, Nurse()), "there is no cohort 2");
  EXPECT_EQ(WhyNotAdmitted(Summer(), 0, 1, Nurse()), "there is no round 1");
}

}  // namespace
}  // namespace slotlog::verify
