// A rehearsal on a log in memory, with a worker that answers as it is told to;
// the log refuses the people's commands when a test says so. For its tests.

#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "events/log/memory/memory_log.h"
#include "tools/rush/refusing_log.h"
#include "tools/rush/rehearsal.h"
#include "tools/rush/scripted_worker.h"

namespace slotlog {

class RehearsalTest : public testing::Test {
 protected:
  static constexpr ShardCount kShards{2};

  RehearsalOptions Options() {
    RehearsalOptions options;
    options.year = absl::ToCivilYear(absl::Now(), absl::UTCTimeZone()).year();
    options.year += 2;
    options.waiting_max = 64;
    return options;
  }

  void Open(const Scenario& scenario, RehearsalOptions options) {
    worker_.Stop();
    auto rehearsal = Rehearsal::Open(refusing_, scenario, std::move(options));
    ASSERT_TRUE(rehearsal.ok()) << rehearsal.status();
    rehearsal_ = *std::move(rehearsal);
  }
  void Open(const Scenario& scenario) { Open(scenario, Options()); }

  absl::StatusOr<Rehearsal::End> Run() {
    worker_.Start();
    auto end = rehearsal_->Run();
    worker_.Stop();
    return end;
  }

  void RunToTheEnd() {
    const auto end = Run();
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_EQ(*end, Rehearsal::End::kFinished);
    EXPECT_TRUE(rehearsal_->IsFinished());
  }

  /// Runs until about so many commands are answered.
  void RunAndStop(const Scenario& scenario, uint64_t answered) {
    RehearsalOptions options = Options();
    options.stop = [=, this] { return worker_.CommandsAnswered() >= answered; };
    Open(scenario, options);
    const auto end = Run();
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_EQ(*end, Rehearsal::End::kStopped);
  }

  uint64_t Refused(v1::Refusal refusal) {
    const auto refusals = rehearsal_->figures().refusals;
    const auto found = refusals.find(refusal);
    return found == refusals.end() ? 0 : found->second;
  }

  MemoryLog log_{kShards, [] { return absl::Now(); }};
  /// For the people; the worker is never refused anything.
  RefusingLog refusing_{log_};
  ScriptedWorker worker_{log_};
  std::unique_ptr<Rehearsal> rehearsal_;
};

}  // namespace slotlog
