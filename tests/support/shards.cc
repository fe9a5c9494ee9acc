#include "tests/support/shards.h"

#include <gtest/gtest.h>

#include <utility>

#include "events/store/passing_store.h"

namespace slotlog {
Shards::Shards(Log& log, std::function<absl::Time()> clock, size_t memory_bytes,
               uint64_t checkpoint_events_max)
    : log_(log),
      options_{.memory_bytes = memory_bytes,
               .checkpoint_events_max = checkpoint_events_max,
               .clock = std::move(clock),
               .executor = [](std::function<void()> work) { work(); }} {
  factory_ = {
      .open = [this](Shard shard) -> absl::StatusOr<std::unique_ptr<Store>> {
        return std::make_unique<PassingStore>(stores_.at(shard));
      },
      .destroy =
          [this](Shard shard) {
            LoseStore(shard);
            return absl::OkStatus();
          }};
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    LoseStore(shard);
    const absl::Status recovered = Recover(shard);
    EXPECT_TRUE(recovered.ok()) << recovered.ToString();
  }
}

void Shards::LoseStore(Shard shard) {
  stores_[shard] = std::make_shared<MemoryStore>();
}

absl::Status Shards::Recover(Shard shard) {
  Kill(shard);
  auto loop = ShardLoop::Recover(log_, shard, factory_, options_);
  if (!loop.ok()) return loop.status();
  loops_[shard] = *std::move(loop);
  return absl::OkStatus();
}

bool Shards::Step(Shard shard) {
  if (!IsOwned(shard)) {
    const absl::Status recovered = Recover(shard);
    EXPECT_TRUE(recovered.ok()) << recovered.ToString();
    if (!recovered.ok()) return false;
  }
  auto outcome = at(shard).Step();
  EXPECT_TRUE(outcome.ok()) << outcome.status().ToString();
  if (!outcome.ok()) return false;
  if (*outcome == ShardLoop::StepOutcome::kLost) {
    Kill(shard);
    return true;
  }
  return *outcome != ShardLoop::StepOutcome::kIdle;
}

void Shards::RunUntilIdle() {
  for (bool is_busy = true; is_busy && !testing::Test::HasFailure();) {
    is_busy = false;
    for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
      is_busy |= Step(shard);
    }
  }
}

}  // namespace slotlog
