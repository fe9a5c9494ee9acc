#include "tools/rush/places.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

constexpr int kYear = 2031;

TEST(PlacesTest, SitesAndSlotsHaveShortNames) {
  const Places places(SmallRush(), kYear);
  EXPECT_EQ(places.SlotCount(), 20u);
  EXPECT_EQ(places.SiteOf(SlotNumber{7}).value, "s00001");
  EXPECT_EQ(places.SlotIdOf(SlotNumber{4}).value, "0726-0900");
  EXPECT_EQ(places.SlotIdOf(SlotNumber{7}).value, "0727-1200");
}

TEST(PlacesTest, EverySlotIsFoundByItsNames) {
  const Places places(SmallRush(), kYear);
  for (SlotNumber slot{0}; slot.value < places.SlotCount(); ++slot) {
    EXPECT_EQ(places.Find(places.SiteOf(slot), places.SlotIdOf(slot)), slot);
  }
  EXPECT_EQ(places.Find(SiteId{"s00005"}, SlotId{"0726-0900"}), std::nullopt);
  EXPECT_EQ(places.Find(SiteId{"s00001x"}, SlotId{"0726-0900"}), std::nullopt);
  EXPECT_EQ(places.Find(SiteId{"s00001"}, SlotId{"0726-0901"}), std::nullopt);
}

TEST(PlacesTest, AllSeatsAreSpreadOverTheSlots) {
  Scenario scenario = SmallRush();
  for (const uint32_t seats : {1u, 19u, 20u, 103u}) {
    scenario.seats = seats;
    const Places places(scenario, kYear);
    std::map<SlotNumber, int32_t> by_seat;
    for (uint32_t seat = 0; seat < seats; ++seat) {
      ++by_seat[places.SlotOfSeat(seat)];
    }
    for (SlotNumber slot{0}; slot.value < places.SlotCount(); ++slot) {
      EXPECT_EQ(by_seat[slot], places.CapacityOf(slot)) << seats;
    }
  }
}

TEST(PlacesTest, SlotsLieInTheYearThatWasChosen) {
  const Places places(SmallRush(), kYear);
  const auto operation = places.OperationAt(1).operation;
  const v1::Slot& slot = operation.open_slots().slots(0);
  EXPECT_EQ(absl::FromUnixMillis(slot.start_unix_ms()),
            absl::FromCivil(absl::CivilSecond(kYear, 7, 26, 0, 0, 0),
                            absl::UTCTimeZone()));
  EXPECT_EQ(slot.end_unix_ms() - slot.start_unix_ms(), 3 * 60 * 60 * 1000);
  EXPECT_EQ(slot.capacity(), 5);
}

TEST(PlacesTest, TheCampaignIsOpenAndTheNextOneIsNotYet) {
  const Places places(SmallRush(), kYear);
  const auto first =
      places.OperationAt(10).operation.define_campaign().campaign();
  const auto next =
      places.OperationAt(11).operation.define_campaign().campaign();
  const int64_t rehearsal_unix_ms = absl::ToUnixMillis(
      absl::FromCivil(absl::CivilDay(kYear - 2, 6, 1), absl::UTCTimeZone()));
  EXPECT_EQ(first.campaign_id(), "first");
  ASSERT_EQ(first.cohorts_size(), 1);
  ASSERT_EQ(first.rounds_size(), 1);
  EXPECT_EQ(first.cohorts(0).born_from_yyyymmdd(), 19620101u);
  EXPECT_EQ(first.cohorts(0).born_to_yyyymmdd(), 19661231u);
  EXPECT_LT(first.rounds(0).opens_unix_ms(), rehearsal_unix_ms);
  EXPECT_GT(first.rounds(0).closes_unix_ms(), rehearsal_unix_ms);
  EXPECT_EQ(next.campaign_id(), "next");
  EXPECT_GT(next.rounds(0).opens_unix_ms(), rehearsal_unix_ms);
}

TEST(PlacesTest, OperationsAreNumberedByTheirIds) {
  const Places places(SmallRush(), kYear);
  ASSERT_EQ(places.OperationCount(), 12u);
  for (uint32_t number = 0; number < places.OperationCount(); ++number) {
    const auto [key, operation] = places.OperationAt(number);
    EXPECT_FALSE(key.empty());
    EXPECT_EQ(places.NumberOf(operation.operation_id()), number);
  }
  EXPECT_EQ(places.NumberOf("setup-0000012"), std::nullopt);
  EXPECT_EQ(places.NumberOf("op"), std::nullopt);
}

}  // namespace
}  // namespace slotlog
