#include "tools/rush/regions.h"

#include <gtest/gtest.h>

#include <map>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

Scenario WithRegions(uint32_t sites) {
  Scenario scenario = SmallRush();
  scenario.sites = sites;
  scenario.regions = {{"Seoul", 60}, {"Busan", 30}, {"Jeju", 10}};
  return scenario;
}

TEST(RegionsTest, EachHasItsShareOfTheSitesAndOfThePopularOnes) {
  const Regions regions(WithRegions(1'000));
  for (const uint32_t first : {10u, 100u, 1'000u}) {
    std::map<RegionNumber, uint32_t> sites;
    for (uint32_t site = 0; site < first; ++site) {
      ++sites[regions.OfSite(site)];
    }
    EXPECT_EQ(sites[RegionNumber{0}], first * 6 / 10);
    EXPECT_EQ(sites[RegionNumber{1}], first * 3 / 10);
    EXPECT_EQ(sites[RegionNumber{2}], first / 10);
  }
}

TEST(RegionsTest, PeopleAreDrawnByTheShares) {
  const Regions regions(WithRegions(10));
  std::map<RegionNumber, int> people;
  for (uint64_t i = 0; i < 10'000; ++i) {
    ++people[regions.Draw(i * 0x9e3779b97f4a7c15)];
  }
  EXPECT_NEAR(people[RegionNumber{0}], 6'000, 100);
  EXPECT_NEAR(people[RegionNumber{2}], 1'000, 100);
  EXPECT_EQ(regions.Draw(UINT64_MAX), RegionNumber{2});
}

TEST(RegionsTest, WhoseRegionHasNoSiteTriesAll) {
  const Regions regions(WithRegions(2));
  EXPECT_EQ(regions.SitesFor(RegionNumber{0}), std::vector<uint32_t>{0});
  EXPECT_EQ(regions.SitesFor(RegionNumber{2}), (std::vector<uint32_t>{0, 1}));
}

TEST(RegionsTest, WithoutRegionsThereIsOneWithoutAName) {
  const Regions regions(SmallRush());
  EXPECT_EQ(regions.Count(), 1u);
  EXPECT_EQ(regions.NameOf(RegionNumber{0}), "");
  EXPECT_EQ(regions.SitesFor(RegionNumber{0}).size(), 5u);
}

}  // namespace
}  // namespace slotlog
