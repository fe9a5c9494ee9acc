// Every promise is kept on every simulated day; and a seed is a day.

#include "tests/simulation/simulation.h"

#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "events/codec.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {
namespace {

/// A range is a test, so that Bazel can run them side by side.
constexpr uint64_t kSeedsOfRange = 50;
constexpr uint64_t kRanges = 8;
constexpr uint64_t kLongDays = 8;
constexpr uint64_t kStepsOfLongDay = 5'000;
/// The least, on a slow machine and with a sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kTimesFaster = 100;  // they take their time
#else
constexpr double kTimesFaster = 1'000;
#endif

/// What the workload does not reach: lists of absurd length, a thousand
/// commands of one citizen, thousands of slots.
const std::set<v1::Refusal> kNotReached = {
    v1::REFUSAL_UNSPECIFIED,    v1::REFUSAL_LIST_TOO_LONG,
    v1::REFUSAL_SLOT_REPEATED,  v1::REFUSAL_TOO_MANY_COMMANDS,
    v1::REFUSAL_TOO_MANY_SLOTS, v1::REFUSAL_TOO_MANY_VERSIONS,
};

/// Met on about three days of a thousand: an offer is taken back while it waits
/// for the end of a conversation.
const std::set<std::string> kEventsSeldomReached = {"offer_withdrawn"};

class SimulationTest : public testing::Test {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }

  static Day ExpectPromisesKept(const SimulationOptions& options) {
    const std::string again =
        fmt::format("--seed={} --steps={}", options.seed, options.steps);
    fmt::print("{}\n", again);  // the last one, where it ends the process
    std::fflush(stdout);
    Day day = Simulate(options);
    EXPECT_TRUE(day.failures.empty())
        << absl::StrJoin(day.failures, "\n")
        << "\nagain: bazel run //tests/simulation -- " << again;
    return day;
  }
};

class SeedsTest : public SimulationTest,
                  public testing::WithParamInterface<uint64_t> {};

TEST_P(SeedsTest, AllPromisesAreKept) {
  const uint64_t first = 1 + GetParam() * kSeedsOfRange;
  for (uint64_t seed = first; seed < first + kSeedsOfRange; ++seed) {
    ExpectPromisesKept({.seed = seed, .seams = {}});
  }
}

INSTANTIATE_TEST_SUITE_P(Ranges, SeedsTest,
                         testing::Range(uint64_t{0}, kRanges));

TEST_F(SimulationTest, ASeedIsADay) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Day once = Simulate({.seed = seed, .seams = {}});
    const Day again = Simulate({.seed = seed, .seams = {}});
    EXPECT_EQ(once.digest, again.digest) << "seed " << seed;
    EXPECT_EQ(once.virtual_time, again.virtual_time) << "seed " << seed;
  }
}

TEST_F(SimulationTest, PromisesAreKeptOnLongDaysWhoseTimeFlies) {
  const absl::Time start = absl::Now();
  absl::Duration virtual_time;
  for (uint64_t seed = 1; seed <= kLongDays; ++seed) {
    virtual_time += ExpectPromisesKept(
                        {.seed = seed, .steps = kStepsOfLongDay, .seams = {}})
                        .virtual_time;
  }
  EXPECT_GT(absl::FDivDuration(virtual_time, absl::Now() - start),
            kTimesFaster);
}

/// Whoever changes the workload finds out here what it does not reach any more.
TEST_F(SimulationTest, EveryEventAndRefusalAndFaultIsMet) {
  std::map<std::string, uint64_t> met;
  std::map<Fault, uint64_t> faults;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    const Day day = Simulate({.seed = seed, .seams = {}});
    for (const auto& [name, times] : day.met) met[name] += times;
    for (const auto& [fault, times] : day.faults) faults[fault] += times;
  }
  const auto* bodies = v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < bodies->field_count(); ++i) {
    const std::string name(bodies->field(i)->name());
    if (kEventsSeldomReached.contains(name)) continue;
    EXPECT_GT(met[name], 0U) << name;
  }
  const auto* refusals = v1::Refusal_descriptor();
  for (int i = 0; i < refusals->value_count(); ++i) {
    const auto refusal = static_cast<v1::Refusal>(refusals->value(i)->number());
    const std::string name = NameOf(refusal);
    if (kNotReached.contains(refusal)) continue;
    EXPECT_GT(met[name] + met["operation " + name], 0U) << name;
  }
  for (int i = 0; i <= static_cast<int>(Fault::kOldAnswer); ++i) {
    const auto fault = static_cast<Fault>(i);
    EXPECT_GT(faults[fault], 0U) << NameOf(fault);
  }
}

}  // namespace
}  // namespace slotlog
