// Every field of a campaign and of a profile that may make no sense, and the
// name that it is refused by.

#include "services/reservation/validate.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "events/codec.h"
#include "events/ids.h"
#include "services/reservation/limits.h"
#include "services/reservation/story_campaign.h"

namespace slotlog {
namespace {

std::string TextOf(const std::optional<Fault>& fault) {
  return fault ? NameOf(fault->refusal) + " " + fault->field : "none";
}

v1::Campaign Sound() {
  return StoryCampaignOf(
      "k",
      {"zone=Asia/Seoul", "offset=540", "dose=2", "hold=600", "second=replaces",
       "offer=3600", "chances=3", "daily=40", "next=third,90,offered",
       "cohort=19620101-19661231,region:seoul,list:nurses,dose:2,days:21,rank:"
       "1",
       "round=0719T20:00+09-0724T18:00+09,digits:0|9,cohorts:0,share:1000,"
       "words:2021-07-19T20:00:00+09:00"},
      0);
}

struct CampaignCase {
  std::function<void(v1::Campaign&)> change;
  std::string fault;
};

std::string TooLong() { return std::string(kNameBytesMax + 1, 'x'); }

TEST(ValidateTest, ACampaignsFaultsAreNamed) {
  const auto cohort = [](v1::Campaign& c) { return c.mutable_cohorts(0); };
  const auto round = [](v1::Campaign& c) { return c.mutable_rounds(0); };
  const CampaignCase cases[] = {
      {[](auto&) {}, "none"},
      {[](auto& c) { c.clear_campaign_id(); }, "ID_MISSING campaign_id"},
      {[](auto& c) { c.set_time_zone(TooLong()); }, "TEXT_TOO_LONG time_zone"},
      {[](auto& c) { c.set_utc_offset_minutes(-1081); },
       "NUMBER_OUT_OF_RANGE utc_offset_minutes"},
      {[](auto& c) { c.set_utc_offset_minutes(1081); },
       "NUMBER_OUT_OF_RANGE utc_offset_minutes"},
      {[](auto& c) { c.set_dose(100); }, "NUMBER_OUT_OF_RANGE dose"},
      {[](auto& c) { c.clear_cohorts(); }, "LIST_EMPTY cohorts"},
      {[](auto& c) {
         for (int i = 0; i < kCohortsMax; ++i) c.add_cohorts();
       },
       "LIST_TOO_LONG cohorts"},
      {[](auto& c) { c.clear_rounds(); }, "LIST_EMPTY rounds"},
      {[](auto& c) {
         for (int i = 0; i < kRoundsMax; ++i) c.add_rounds();
       },
       "LIST_TOO_LONG rounds"},
      {[](auto& c) { c.set_hold_seconds(kHoldSecondsMax + 1); },
       "NUMBER_OUT_OF_RANGE hold_seconds"},
      {[](auto& c) { c.set_second_hold(static_cast<v1::SecondHold>(9)); },
       "NUMBER_OUT_OF_RANGE second_hold"},
      {[](auto& c) { c.set_offer_seconds(kHoldSecondsMax + 1); },
       "NUMBER_OUT_OF_RANGE offer_seconds"},
      {[](auto& c) { c.set_chances(kChancesMax + 1); },
       "NUMBER_OUT_OF_RANGE chances"},
      {[](auto& c) { c.set_seats_per_site_and_day(kSlotCapacityMax + 1); },
       "NUMBER_OUT_OF_RANGE seats_per_site_and_day"},
      {[](auto& c) { c.mutable_next()->clear_campaign_id(); },
       "ID_MISSING next.campaign_id"},
      {[](auto& c) { c.mutable_next()->set_days_after(kDaysMax + 1); },
       "NUMBER_OUT_OF_RANGE next.days_after"},
      {[](auto& c) { c.mutable_next()->clear_by(); },
       "NUMBER_OUT_OF_RANGE next.by"},
      {[](auto& c) {
         c.mutable_next()->set_by(static_cast<v1::NextDoseBy>(9));
       },
       "NUMBER_OUT_OF_RANGE next.by"},
      {[&](auto& c) { cohort(c)->set_born_from_yyyymmdd(19620230); },
       "DATE_OUT_OF_RANGE cohorts[0].born_from_yyyymmdd"},
      {[&](auto& c) { cohort(c)->set_born_to_yyyymmdd(0); },
       "DATE_OUT_OF_RANGE cohorts[0].born_to_yyyymmdd"},
      {[&](auto& c) { cohort(c)->set_born_to_yyyymmdd(19611231); },
       "INTERVAL_NOT_POSITIVE cohorts[0].born_to_yyyymmdd"},
      {[&](auto& c) { cohort(c)->add_regions(""); },
       "ID_MISSING cohorts[0].regions[1]"},
      {[&](auto& c) { cohort(c)->add_regions(TooLong()); },
       "TEXT_TOO_LONG cohorts[0].regions[1]"},
      {[&](auto& c) {
         for (int i = 0; i < kNamesPerCohortMax; ++i) cohort(c)->add_regions();
       },
       "LIST_TOO_LONG cohorts[0].regions"},
      {[&](auto& c) { cohort(c)->add_priority_lists(""); },
       "ID_MISSING cohorts[0].priority_lists[1]"},
      {[&](auto& c) {
         for (int i = 0; i < kNamesPerCohortMax; ++i) {
           cohort(c)->add_priority_lists();
         }
       },
       "LIST_TOO_LONG cohorts[0].priority_lists"},
      {[&](auto& c) { cohort(c)->set_dose(3); },
       "NUMBER_OUT_OF_RANGE cohorts[0].dose"},
      {[&](auto& c) {
         c.set_dose(0);
         cohort(c)->set_dose(100);
       },
       "NUMBER_OUT_OF_RANGE cohorts[0].dose"},
      {[&](auto& c) { cohort(c)->set_days_since_last_dose_min(kDaysMax + 1); },
       "NUMBER_OUT_OF_RANGE cohorts[0].days_since_last_dose_min"},
      {[&](auto& c) { round(c)->set_opens_unix_ms(-1); },
       "DATE_OUT_OF_RANGE rounds[0].opens_unix_ms"},
      {[&](auto& c) { round(c)->set_closes_unix_ms(int64_t{1} << 60); },
       "DATE_OUT_OF_RANGE rounds[0].closes_unix_ms"},
      {[&](auto& c) { round(c)->set_closes_unix_ms(1); },
       "INTERVAL_NOT_POSITIVE rounds[0].closes_unix_ms"},
      {[&](auto& c) { round(c)->set_opens_local("2021-07-19T20:00:00Z"); },
       "LOCAL_TIME_DISAGREES rounds[0].opens_local"},
      {[&](auto& c) { round(c)->set_opens_local("half past eight"); },
       "LOCAL_TIME_DISAGREES rounds[0].opens_local"},
      {[&](auto& c) { round(c)->set_opens_local(TooLong()); },
       "TEXT_TOO_LONG rounds[0].opens_local"},
      {[&](auto& c) { round(c)->set_closes_local("2021-07-24T18:00:00Z"); },
       "LOCAL_TIME_DISAGREES rounds[0].closes_local"},
      {[&](auto& c) { round(c)->add_birth_day_digits(10); },
       "NUMBER_OUT_OF_RANGE rounds[0].birth_day_digits[2]"},
      {[&](auto& c) {
         for (int i = 0; i < 9; ++i) round(c)->add_birth_day_digits(1);
       },
       "LIST_TOO_LONG rounds[0].birth_day_digits"},
      {[&](auto& c) { round(c)->add_cohorts(1); },
       "NUMBER_OUT_OF_RANGE rounds[0].cohorts[1]"},
      {[&](auto& c) {
         for (int i = 0; i < kCohortsMax; ++i) round(c)->add_cohorts(0);
       },
       "LIST_TOO_LONG rounds[0].cohorts"},
      {[&](auto& c) { round(c)->set_capacity_share_permille(1001); },
       "NUMBER_OUT_OF_RANGE rounds[0].capacity_share_permille"},
  };
  for (const CampaignCase& c : cases) {
    v1::Operation define;
    define.set_operation_id("op");
    v1::Campaign& campaign =
        *define.mutable_define_campaign()->mutable_campaign();
    campaign = Sound();
    c.change(campaign);
    v1::Operation change;
    change.set_operation_id("op");
    *change.mutable_change_campaign()->mutable_campaign() = campaign;

    const size_t space = c.fault.find(' ');
    const auto at = [&](const std::string& path) {
      return space == std::string::npos ? c.fault
                                        : c.fault.substr(0, space + 1) + path +
                                              c.fault.substr(space + 1);
    };
    EXPECT_EQ(TextOf(FaultIn(define)), at("define_campaign.campaign."));
    EXPECT_EQ(TextOf(FaultIn(change)), at("change_campaign.campaign."));
  }
}

TEST(ValidateTest, AChangesMomentIsOne) {
  v1::Operation change;
  change.set_operation_id("op");
  *change.mutable_change_campaign()->mutable_campaign() = Sound();
  change.mutable_change_campaign()->set_effective_unix_ms(-1);
  EXPECT_EQ(TextOf(FaultIn(change)),
            "DATE_OUT_OF_RANGE change_campaign.effective_unix_ms");
}

TEST(ValidateTest, AProfilesFaultsAreNamed) {
  struct Case {
    std::function<void(v1::Profile&)> change;
    std::string fault;
  };
  const Case cases[] = {
      {[](auto&) {}, "none"},
      {[](auto& p) { p.set_birth_date_yyyymmdd(19620230); },
       "DATE_OUT_OF_RANGE profile.birth_date_yyyymmdd"},
      {[](auto& p) { p.set_region(TooLong()); },
       "TEXT_TOO_LONG profile.region"},
      {[](auto& p) { p.add_priority_lists(""); },
       "ID_MISSING profile.priority_lists[1]"},
      {[](auto& p) { p.add_priority_lists(TooLong()); },
       "TEXT_TOO_LONG profile.priority_lists[1]"},
      {[](auto& p) {
         for (int i = 0; i < kPriorityListsPerProfileMax; ++i) {
           p.add_priority_lists("x");
         }
       },
       "LIST_TOO_LONG profile.priority_lists"},
      {[](auto& p) { p.set_doses(100); }, "NUMBER_OUT_OF_RANGE profile.doses"},
      {[](auto& p) { p.set_doses(0); }, "NUMBER_OUT_OF_RANGE profile.doses"},
      {[](auto& p) { p.set_last_dose_yyyymmdd(20210631); },
       "DATE_OUT_OF_RANGE profile.last_dose_yyyymmdd"},
      {[](auto& p) { p.clear_last_dose_yyyymmdd(); }, "none"},
  };
  for (const Case& c : cases) {
    v1::Profile profile;
    SetStoryProfile("19620712,region=seoul,list=nurses,doses=1,last=20210601",
                    profile);
    c.change(profile);
    EXPECT_EQ(TextOf(FaultIn(profile)), c.fault);
  }
}

}  // namespace
}  // namespace slotlog
