// What is read is what was decided: after random histories, with random deaths
// of the reader between its checkpoints, lost stores and rebuilds, every read
// model agrees with the shards' own state, folded from the same events, and
// with the confirmations that callers got. And however a reader came there, its
// rows are the same to the byte.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "projections/read_models.h"
#include "services/reservation/fold.h"
#include "services/reservation/memory_state.h"
#include "slotlog/v1/events.pb.h"
#include "tests/property/random_wishes.h"
#include "tests/property/read_checks.h"
#include "tests/support/projection_stores.h"
#include "tests/support/shards.h"

namespace slotlog {
namespace {

constexpr int kSteps = 500;

/// Everything a reader's stores hold, in words.
using Dump = std::map<std::string, std::string>;

class ReadHistory {
 public:
  ReadHistory(uint64_t seed, ShardCount shards)
      : random_(seed),
        count_(shards),
        log_(shards, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/32 * 1024,
            /*checkpoint_events_max=*/40) {
    Open();
  }

  void Run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      const bool is_quiet = Below(200) == 0;
      now_ += absl::Milliseconds(is_quiet ? 65'000 : Below(500));
      if (i == kSteps * 9 / 10) now_ += absl::Hours(5);  // slots are over
      Act();
    }
    for (int i = 0; i < 5; ++i) {
      shards_.RunUntilIdle();
      now_ += absl::Seconds(10);
    }
    shards_.RunUntilIdle();
    CatchUp();
    FoldNaively();
    Check();
    const Dump dump = DumpAll();
    CatchUp();
    EXPECT_TRUE(models_->feed().Save().ok());
    Open();
    CatchUp();
    EXPECT_EQ(DumpAll(), dump) << "after beginning again";
    models_.reset();
    stores_.LoseAll();
    Open();
    CatchUp();
    EXPECT_EQ(DumpAll(), dump) << "after folding again";
    Check();
  }

  int booked() const { return booked_; }
  int waiting() const { return waiting_; }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  Shard AnyShard() { return Shard{static_cast<uint32_t>(Below(count_.value))}; }

  /// As after kill -9: what was not saved is gone.
  void Open() {
    models_.reset();
    models_ = std::make_unique<ReadModels>(
        log_, stores_.Functions(),
        ReadModelsOptions{.feed = {.clock = [this] { return now_; },
                                   .executor = nullptr,
                                   .checkpoint_rows_max = 200},
                          .outcomes = {}});
    const absl::Status opened = models_->feed().Open();
    ASSERT_TRUE(opened.ok()) << opened.ToString();
  }
  void CatchUp() {
    const absl::Status folded = models_->feed().CatchUp();
    ASSERT_TRUE(folded.ok()) << folded.ToString();
    ASSERT_TRUE(models_->feed().IsReady());
  }

  void Act() {
    const uint64_t dice = Below(100);
    if (dice < 45) return PublishCommand();
    if (dice < 55) return PublishOperations();
    if (dice < 57) return Open();
    if (dice < 58) return (void)models_->feed().Save();
    if (dice < 59) return RebuildOne();
    if (dice < 70) return Follow();
    shards_.Step(AnyShard());
  }
  void Follow() {
    const auto stepped = models_->feed().Step();
    ASSERT_TRUE(stepped.ok()) << stepped.status().ToString();
  }
  void RebuildOne() {
    const char* names[] = {"outcomes", "appointments", "availability", "demand",
                           "line"};
    (void)models_->feed().Rebuild(names[Below(5)]);
  }
  void PublishCommand() {
    const v1::Command command = wishes_.NextCommand();
    Shard home = ShardOf(command.citizen_id(), count_);
    if (Below(40) == 0) home = AnyShard();
    const uint64_t times = Below(10) == 0 ? 1 + Below(20) : 1;
    const std::string bytes = Encode(command);
    for (uint64_t i = 0; i < times; ++i) {
      ASSERT_TRUE(log_.Append({{{{Topic::kCommands, home}, "", bytes}}}).ok());
    }
  }
  void PublishOperations() {
    for (const auto& [key, operation] : wishes_.NextOperations(now_)) {
      const Shard home = ShardOf(key, count_);
      const std::string bytes = Encode(operation);
      ASSERT_TRUE(
          log_.Append({{{{Topic::kOperations, home}, "", bytes}}}).ok());
    }
  }

  void FoldNaively() {
    for (Shard shard{0}; shard.value < count_.value; ++shard) {
      auto state = std::make_unique<MemoryState>(Head::Of(shard, count_));
      for (const std::string& bytes : ReadAll(log_, {Topic::kEvents, shard})) {
        v1::EventBatch batch;
        ASSERT_TRUE(batch.ParseFromString(bytes));
        Fold(batch, DigestOfBatch(bytes), *state);
        for (const v1::Event& event : batch.events()) {
          seats_given_ +=
              event.has_booked() || event.has_held() || event.has_rescheduled();
        }
      }
      states_[shard] = std::move(state);
    }
  }

  void Check() {
    ReadChecks checks(log_, *models_, states_, seats_given_);
    checks.CheckAll();
    booked_ = checks.booked();
    waiting_ = checks.waiting();
  }

  // --- Rows ---

  template <typename P>
  static void AddTo(Dump& dump, const P& projection) {
    EXPECT_TRUE(projection.rows()
                    .Scan("",
                          [&](std::string_view key, std::string_view value) {
                            dump.emplace(fmt::format("{} {}", P::kName, key),
                                         value);
                            return true;
                          })
                    .ok());
  }
  Dump DumpAll() {
    Dump dump;
    AddTo(dump, *models_->outcomes().Get());
    AddTo(dump, *models_->appointments().Get());
    AddTo(dump, *models_->availability().Get());
    AddTo(dump, *models_->demand().Get());
    return dump;
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'626'048'000);
  absl::Time now_ = start_;
  std::mt19937_64 random_;
  RandomWishes wishes_{random_, start_};
  const ShardCount count_;
  MemoryLog log_;
  Shards shards_;
  MemoryProjectionStores stores_;
  std::unique_ptr<ReadModels> models_;
  ShardStates states_;
  int64_t seats_given_ = 0;
  int booked_ = 0;
  int waiting_ = 0;
};

class ProjectionsTest : public testing::TestWithParam<uint32_t> {};

TEST_P(ProjectionsTest, WhatIsReadIsWhatWasDecided) {
  int booked = 0;
  int waiting = 0;
  for (uint64_t seed = 1; seed <= 15 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ReadHistory history(seed, ShardCount{GetParam()});
    history.Run();
    booked += history.booked();
    waiting += history.waiting();
  }
  // Or nothing was shown of them.
  EXPECT_GT(booked, 0);
  EXPECT_GT(waiting, 0);
}

INSTANTIATE_TEST_SUITE_P(Shards, ProjectionsTest, testing::Values(1, 2, 5),
                         [](const auto& info) {
                           return fmt::format("{}", info.param);
                         });

}  // namespace
}  // namespace slotlog
