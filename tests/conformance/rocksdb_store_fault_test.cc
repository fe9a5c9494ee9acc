// What RocksDbStore promises of faults, for every operation of the file system
// on which one can fall: afterwards the store is at one checkpoint in full, the
// last that was acknowledged or, where the fault fell into it, the next.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/store/rocksdb/rocksdb_store.h"
#include "tests/support/fault_file_system.h"

namespace slotlog {
namespace {

using Fault = FaultFileSystem::Fault;
using Unsynced = FaultFileSystem::Unsynced;
using Rows = std::map<std::string, std::string>;

/// A history of so many checkpoints has more operations than that never.
constexpr int kCheckpoints = 6;
constexpr int kOperationsMax = 2'000;
/// The store is opened anew before this one, which writes a new manifest.
constexpr int kReopenedBefore = 3;

/// Checkpoint n makes the shared rows and its own row say n, and deletes the
/// own row of checkpoint n-3: every file matters for some time.
constexpr std::string_view kSharedRows[] = {"a", "b", "c"};
constexpr int kOwnRowsKept = 3;

std::string OwnRow(int checkpoint) { return fmt::format("own{}", checkpoint); }

/// Another length for each checkpoint.
std::string ValueAt(int checkpoint) {
  return fmt::format("{}:{}", checkpoint,
                     std::string(100 * checkpoint, 'a' + checkpoint));
}

Rows RowsAt(int checkpoint) {
  Rows rows;
  if (checkpoint == 0) return rows;
  for (const std::string_view key : kSharedRows) {
    rows.emplace(key, ValueAt(checkpoint));
  }
  for (int own = std::max(1, checkpoint - kOwnRowsKept + 1); own <= checkpoint;
       ++own) {
    rows.emplace(OwnRow(own), ValueAt(own));
  }
  return rows;
}

absl::Status Write(Store& store, int checkpoint) {
  const std::string value = ValueAt(checkpoint);
  const std::string gone = OwnRow(checkpoint - kOwnRowsKept);
  const std::string own = OwnRow(checkpoint);
  std::vector<RowChange> changes;
  for (const std::string_view key : kSharedRows) {
    changes.push_back({key, value});
  }
  if (checkpoint > kOwnRowsKept) changes.push_back({gone, std::nullopt});
  changes.push_back({own, value});
  return store.WriteCheckpoint(changes, fmt::format("{}", checkpoint));
}

/// The checkpoint at which the store stands, checked row by row.
int StandsAt(const Store& store) {
  const auto position = store.ReadPosition();
  EXPECT_TRUE(position.ok()) << position.status();
  if (!position.ok()) return -1;
  const int checkpoint = std::stoi(position->value_or("0"));
  Rows rows;
  const absl::Status status = store.Scan("", [&](auto key, auto value) {
    rows.emplace(key, value);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(rows, RowsAt(checkpoint));
  return checkpoint;
}

/// How a worker lives until something fails.
struct Life {
  int acknowledged = 0;
  int attempted = 0;
};

struct Scenario {
  std::string name;
  Fault fault;
  Unsynced unsynced;
  /// The store may also find that it is damaged; then it is folded again.
  bool may_be_damaged = false;
};

class RocksDbStoreFaultTest : public testing::TestWithParam<Scenario> {
 protected:
  absl::StatusOr<std::unique_ptr<RocksDbStore>> Open() {
    // Merges soon, so that faults fall into merging too.
    return RocksDbStore::Open(
        directory_, {.env = files_.Env(),
                     .tuning = "level0_file_num_compaction_trigger=2"});
  }

  /// Opens and writes checkpoints until an error or the end. After an error of
  /// a checkpoint it stands where it stood, and the checkpoint is tried again.
  Life Live() {
    Life life;
    std::unique_ptr<RocksDbStore> store;
    for (int checkpoint = 1; checkpoint <= kCheckpoints; ++checkpoint) {
      if (store == nullptr || checkpoint == kReopenedBefore) {
        store.reset();
        auto opened = Open();
        if (!opened.ok()) return life;
        store = *std::move(opened);
      }
      life.attempted = checkpoint;
      if (!Write(*store, checkpoint).ok()) {
        EXPECT_EQ(StandsAt(*store), life.acknowledged);
        if (!Write(*store, checkpoint).ok()) return life;
      }
      life.acknowledged = checkpoint;
      EXPECT_EQ(StandsAt(*store), life.acknowledged);
    }
    return life;
  }

  /// One life with the fault at this operation, and what is found after it.
  void ExpectWholeAfterFaultAt(int operation) {
    std::filesystem::remove_all(directory_);
    files_.Arm({GetParam().fault, operation});
    const Life life = Live();
    has_struck_ = files_.HasStruck();
    files_.Restart(GetParam().unsynced);

    auto store = Open();
    if (absl::IsDataLoss(store.status()) && GetParam().may_be_damaged) {
      EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
      store = Open();
      ASSERT_TRUE(store.ok()) << store.status();
      EXPECT_EQ(StandsAt(**store), 0);
      return;
    }
    ASSERT_TRUE(store.ok()) << store.status();
    const int checkpoint = StandsAt(**store);
    EXPECT_GE(checkpoint, life.acknowledged);
    EXPECT_LE(checkpoint, life.attempted);
    EXPECT_TRUE(Write(**store, checkpoint + 1).ok());
    EXPECT_EQ(StandsAt(**store), checkpoint + 1);
  }

  const std::filesystem::path directory_ =
      std::filesystem::path(testing::TempDir()) / GetParam().name;
  FaultFileSystem files_;
  bool has_struck_ = true;
};

TEST_P(RocksDbStoreFaultTest, StandsAtOneCheckpointInFullAfterwards) {
  for (int operation = 1; has_struck_; ++operation) {
    ASSERT_LT(operation, kOperationsMax);
    SCOPED_TRACE(fmt::format("fault at operation {}", operation));
    ExpectWholeAfterFaultAt(operation);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, RocksDbStoreFaultTest,
    testing::Values(
        Scenario{"PowerCut", Fault::kPowerCut, Unsynced::kLost},
        Scenario{"TornByPowerCut", Fault::kPowerCut, Unsynced::kTorn},
        Scenario{"Killed", Fault::kPowerCut, Unsynced::kKept},
        Scenario{"NoSpace", Fault::kNoSpace, Unsynced::kKept},
        Scenario{"FailsThenPowerCut", Fault::kFails, Unsynced::kLost},
        Scenario{"FailsThenKilled", Fault::kFails, Unsynced::kKept},
        Scenario{"SyncFailsThenPowerCut", Fault::kSyncFails, Unsynced::kLost},
        // RocksDB removes the file of a failed ingestion, but cannot take back
        // the manifest's record of it, which was written before its sync
        // failed.
        Scenario{"SyncFailsThenKilled", Fault::kSyncFails, Unsynced::kKept,
                 /*may_be_damaged=*/true}),
    [](const auto& scenario) { return scenario.param.name; });

}  // namespace
}  // namespace slotlog
