// The test of the test: a core with a mistake is found out within a few seeds.
// The first thing that is found is what such a mistake does, where it is always
// the same.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <string>

#include "tests/simulation/defects.h"
#include "tests/simulation/simulation.h"

namespace slotlog {
namespace {

constexpr uint64_t kSeedsMax = 200;

struct Defect {
  std::string name;
  Seams (*seams)();
  /// What it must be found by; "": by whatever comes first.
  std::string symptom;
};

bool IsFound(const Day& day, const Defect& defect) {
  return !day.failures.empty() &&
         day.failures.front().find(defect.symptom) != std::string::npos;
}

class DefectTest : public testing::TestWithParam<Defect> {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
};

TEST_P(DefectTest, IsFound) {
  for (uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    const Day broken = Simulate({.seed = seed, .seams = GetParam().seams()});
    if (!IsFound(broken, GetParam())) continue;
    fmt::print("{} is found in seed {}: {}\n", GetParam().name, seed,
               broken.failures.front());
    // And it is the defect that is found.
    EXPECT_TRUE(Simulate({.seed = seed, .seams = {}}).failures.empty());
    return;
  }
  FAIL() << "not found in " << kSeedsMax << " seeds";
}

INSTANTIATE_TEST_SUITE_P(
    Defects, DefectTest,
    testing::Values(
        Defect{"SeatsForgottenAtTakeover", SeatsForgottenAtTakeover,
               "is oversold"},
        Defect{"LimitsForgottenAtTakeover", LimitsForgottenAtTakeover,
               "in spite of"},
        Defect{"FoldedThoughNotCommitted", FoldedThoughNotCommitted,
               "stopped: DATA_LOSS"},
        Defect{"CommandIdsForgotten", CommandIdsForgotten, "answered anew"},
        Defect{"TurnsIgnored", TurnsIgnored, ""},
        Defect{"ReplayedToLastStableOffset", ReplayedToLastStableOffset, ""}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace slotlog
