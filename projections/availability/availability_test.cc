#include "projections/availability/availability.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/folded_model.h"

namespace slotlog {
namespace {

using nlohmann::json;

constexpr char kTwoSites[] = R"(
    events { site_defined { site { site_id: 's1' name: 'Clinic "1"'
                                   region: 'Seoul' } } }
    events { site_defined { site { site_id: 's2' name: 'Hall'
                                   region: 'Busan' } } }
    events { slots_opened { site_id: 's1'
        slots { slot_id: 'pm' start_unix_ms: 1626080400000
                end_unix_ms: 1626084000000 capacity: 5
                day_yyyymmdd: 20210712 product: 'p' }
        slots { slot_id: 'am' start_unix_ms: 1626073200000
                end_unix_ms: 1626076800000 capacity: 3 } } }
    events { slots_opened { site_id: 's2'
        slots { slot_id: 'am' start_unix_ms: 1626073200000
                end_unix_ms: 1626076800000 capacity: 10 } } })";

std::string Taken(const char* site, const char* slot, int seat) {
  return fmt::format(
      "events {{ seat_taken {{ site_id: '{}' slot_id: '{}' seat: {} }} }}",
      site, slot, seat);
}

class AvailabilityTest : public testing::Test {
 protected:
  AvailabilityTest() { Fold(kTwoSites); }

  void Fold(const std::string& text) { model_.Fold(Shard{0}, text); }
  int64_t Left() { return model_->StockLeft().seats_left; }
  int64_t Left(const char* region) {
    return model_->StockLeft(region).seats_left;
  }
  json Region(const char* name) {
    return json::parse(model_->Region(name, Freshness::kNow)->body);
  }

  absl::Time wall_ = absl::FromUnixSeconds(1'626'000'000);
  FoldedModel<Availability> model_{
      ShardCount{1}, [this](std::unique_ptr<Rows> rows) {
        return std::make_unique<Availability>(std::move(rows),
                                              [this] { return wall_; });
      }};
};

TEST_F(AvailabilityTest, SeatsAreLeftUntilTheyAreTakenAndAgainWhenTheyAreFree) {
  EXPECT_EQ(Left(), 18);
  Fold(Taken("s1", "am", 1) + Taken("s2", "am", 1));
  EXPECT_EQ(Left(), 16);
  EXPECT_EQ(Left("Seoul"), 7);
  EXPECT_EQ(Left("Busan"), 9);
  EXPECT_EQ(Left("Jeju"), 0);
  Fold(R"(events { seat_moved { site_id: 's1' slot_id: 'pm' seat: 1
                                from_slot_id: 'am' from_seat: 1 } })");
  EXPECT_EQ(Left("Seoul"), 7);
  const auto slots = *model_->SlotsOf(SiteId{"s1"});
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0].slot_id, "am");  // by its start
  EXPECT_EQ(slots[0].seats_left, 3);
  EXPECT_EQ(slots[1].seats_left, 4);
  Fold(R"(events { seat_released { site_id: 's1' slot_id: 'pm' seat: 1 } }
          events { seat_withdrawn { site_id: 's2' slot_id: 'am' seat: 1 } })");
  EXPECT_EQ(Left(), 18);
}

TEST_F(AvailabilityTest, ACapacityThatIsLoweredFallsWithTheSeatsTaken) {
  Fold(Taken("s1", "am", 1) + Taken("s1", "am", 2) + Taken("s1", "am", 3));
  Fold(R"(events { capacity_changed { site_id: 's1' slot_id: 'am' capacity: 1
                                      release_excess: true } })");
  const std::string withdrawn =
      "events { seat_withdrawn { site_id: 's1' slot_id: 'am' seat: 3 } }";
  EXPECT_EQ(model_->SlotsOf(SiteId{"s1"})->at(0).seats_left, 0);
  Fold(withdrawn);
  EXPECT_EQ(model_->SlotsOf(SiteId{"s1"})->at(0).seats_left, 0);
  Fold(withdrawn);
  EXPECT_EQ(model_->SlotsOf(SiteId{"s1"})->at(0).seats_left, 0);
  Fold(withdrawn);
  EXPECT_EQ(model_->SlotsOf(SiteId{"s1"})->at(0).seats_left, 1);
  EXPECT_EQ(model_->SlotsOf(SiteId{"s1"})->at(0).capacity, 1);
}

TEST_F(AvailabilityTest, OfWhatIsClosedNothingIsLeft) {
  Fold("events { slot_closed { site_id: 's1' slot_id: 'am' } }");
  EXPECT_EQ(Left("Seoul"), 5);
  Fold("events { site_closed { site_id: 's1' } }");
  EXPECT_EQ(Left("Seoul"), 0);
  EXPECT_EQ(model_->FindSite(SiteId{"s1"})->slots, 0);
  EXPECT_FALSE(model_->FindSite(SiteId{"s1"})->is_open);
  EXPECT_EQ(Left(), 10);
}

TEST_F(AvailabilityTest, WhatHasBegunByTheLinesTimeIsNotLeft) {
  Fold("now_unix_ms: 1626073199999");
  EXPECT_EQ(Left(), 18);
  Fold("now_unix_ms: 1626073200000");
  EXPECT_EQ(Left(), 5);
  model_.Reload();
  EXPECT_EQ(Left(), 5);
  EXPECT_FALSE(model_->SlotsOf(SiteId{"s1"})->at(0).is_open);
}

TEST_F(AvailabilityTest, RowsBringEverythingBack) {
  Fold(Taken("s1", "am", 1));
  Fold("events { site_closed { site_id: 's2' } }");
  const std::string before = model_->Regions(Freshness::kNow)->body;
  const std::string etag = model_->Regions(Freshness::kNow)->etag;
  const auto slots = model_->Slots(SiteId{"s1"}, Freshness::kNow);
  model_.Reload();
  EXPECT_EQ(model_->Regions(Freshness::kNow)->body, before);
  EXPECT_EQ(model_->Regions(Freshness::kNow)->etag, etag);
  EXPECT_EQ(model_->Slots(SiteId{"s1"}, Freshness::kNow)->body, slots->body);
  EXPECT_EQ(model_->Slots(SiteId{"s1"}, Freshness::kNow)->etag, slots->etag);
  Fold(Taken("s1", "am", 2));
  EXPECT_EQ(Left(), 6);
}

TEST_F(AvailabilityTest, AnswersSayWhatIsLeft) {
  Fold(Taken("s1", "am", 1));
  const json regions = json::parse(model_->Regions(Freshness::kNow)->body);
  EXPECT_EQ(regions, json::parse(R"({
      "capacity": 18, "seats_left": 17, "regions": [
        {"region": "Busan", "capacity": 10, "seats_left": 10, "sites": 1},
        {"region": "Seoul", "capacity": 8, "seats_left": 7, "sites": 1}],
      "by_day": [
        {"capacity": 13, "seats_left": 12, "slots": 2},
        {"day": "2021-07-12", "product": "p",
         "capacity": 5, "seats_left": 5, "slots": 1}]})"));
  EXPECT_EQ(Region("Seoul"), json::parse(R"({
      "region": "Seoul", "capacity": 8, "seats_left": 7, "sites": [
        {"site_id": "s1", "name": "Clinic \"1\"", "region": "Seoul",
         "is_open": true, "capacity": 8, "seats_left": 7, "slots": 2}],
      "by_day": [
        {"capacity": 3, "seats_left": 2, "slots": 1},
        {"day": "2021-07-12", "product": "p",
         "capacity": 5, "seats_left": 5, "slots": 1}]})"));
  EXPECT_EQ(json::parse(model_->Slots(SiteId{"s1"}, Freshness::kNow)->body),
            json::parse(R"({
      "site_id": "s1", "name": "Clinic \"1\"", "region": "Seoul",
      "is_open": true, "slots": [
        {"slot_id": "am", "start": "2021-07-12T07:00:00.000Z",
         "end": "2021-07-12T08:00:00.000Z", "capacity": 3, "seats_left": 2,
         "is_open": true},
        {"slot_id": "pm", "start": "2021-07-12T09:00:00.000Z",
         "end": "2021-07-12T10:00:00.000Z", "day": "2021-07-12",
         "product": "p", "capacity": 5, "seats_left": 5, "is_open": true}]})"));
  EXPECT_EQ(model_->Region("Jeju", Freshness::kNow), nullptr);
  EXPECT_EQ(model_->Slots(SiteId{"s3"}, Freshness::kNow), nullptr);
}

TEST_F(AvailabilityTest, AnAnswerIsTheSameWhileNothingInItChanged) {
  const auto busan = model_->Region("Busan", Freshness::kNow);
  const auto seoul = model_->Region("Seoul", Freshness::kNow);
  Fold(Taken("s1", "am", 1));
  EXPECT_EQ(model_->Region("Busan", Freshness::kNow), busan);
  const auto changed = model_->Region("Seoul", Freshness::kNow);
  EXPECT_NE(changed->etag, seoul->etag);
  EXPECT_NE(changed->etag, busan->etag);
  EXPECT_EQ(model_->Region("Seoul", Freshness::kNow), changed);
}

TEST_F(AvailabilityTest, ARecentAnswerWillDoForATenthOfASecond) {
  const auto before = model_->Region("Seoul", Freshness::kRecent);
  Fold(Taken("s1", "am", 1));
  wall_ += absl::Milliseconds(99);
  EXPECT_EQ(model_->Region("Seoul", Freshness::kRecent), before);
  wall_ += absl::Milliseconds(1);
  EXPECT_NE(model_->Region("Seoul", Freshness::kRecent), before);
  Fold(Taken("s1", "am", 2));
  EXPECT_EQ(json::parse(model_->Region("Seoul", Freshness::kNow)->body)
                .at("seats_left"),
            6);
}

TEST_F(AvailabilityTest, SitesComeInOrderAndInPages) {
  const auto ids = [](const std::vector<SiteAvailability>& sites) {
    std::string all;
    for (const SiteAvailability& site : sites) all += site.site_id + " ";
    return all;
  };
  EXPECT_EQ(ids(model_->Sites(std::nullopt, "", 10)), "s1 s2 ");
  EXPECT_EQ(ids(model_->Sites(std::nullopt, "", 1)), "s1 ");
  EXPECT_EQ(ids(model_->Sites(std::nullopt, "s1", 10)), "s2 ");
  EXPECT_EQ(ids(model_->Sites("Busan", "", 10)), "s2 ");
  EXPECT_EQ(ids(model_->Sites("Busan", "s2", 10)), "");
  EXPECT_EQ(ids(model_->Sites("Jeju", "", 10)), "");
}

}  // namespace
}  // namespace slotlog
