// Rows against a log in memory and the real core: each line of a case says what
// becomes of one row.

#include "tools/supply/supply_import.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "services/reservation/limits.h"
#include "tests/support/shards.h"

namespace slotlog::supply {
namespace {

class SupplyImportTest : public testing::Test {
 protected:
  SupplyImportTest()
      : log_(ShardCount{2}, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/1 << 20,
            /*checkpoint_events_max=*/1000) {}

  static v1::DefineSite Site(const std::string& id,
                             const std::string& name = "") {
    v1::DefineSite site;
    site.set_site_id(id);
    site.set_name(name);
    return site;
  }
  static SlotRow Slot(const std::string& site_id, const std::string& slot_id,
                      int32_t capacity, int64_t start_unix_ms = 1000) {
    SlotRow row{site_id, {}};
    row.slot.set_slot_id(slot_id);
    row.slot.set_start_unix_ms(start_unix_ms);
    row.slot.set_end_unix_ms(start_unix_ms + 1000);
    row.slot.set_capacity(capacity);
    return row;
  }

  /// Says it to the core directly, as another operator would.
  void Operate(const std::string& site_id, v1::Operation operation) {
    operation.set_operation_id("other");
    ASSERT_TRUE(log_.Append({{{{Topic::kOperations, ShardOf(site_id, {2})},
                               site_id,
                               Encode(operation)}}})
                    .ok());
    shards_.RunUntilIdle();
  }

  enum class Reading { kBefore, kNothing };
  enum class Kind { kReal, kDry };

  /// "imported 2 changed 0 there 1 refused 1 bad 0 left 0; 4 SLOT_DIFFERS".
  std::string Import(const std::vector<SupplyRow>& rows,
                     bool changes_capacities = false, Kind kind = Kind::kReal,
                     Reading reading = Reading::kBefore) {
    std::string faults;
    ImportReport report({"rows"}, [&](const ToldFault& told) {
      faults += fmt::format("; {} {}", told.line, told.fault.reason);
    });
    Inventory inventory;
    auto history = *SupplyHistory::Open(log_);
    while (history->ToRead() > 0) {
      EXPECT_TRUE(history
                      ->ReadSome([&](Shard, const v1::Event& event) {
                        if (reading == Reading::kBefore) inventory.Fold(event);
                      })
                      .ok());
    }
    if (reading == Reading::kNothing) {
      // As if the site alone were known and the slots came meanwhile.
      v1::Event event;
      *event.mutable_site_defined()->mutable_site() = Site("s1");
      inventory.Fold(event);
    }
    ImportOptions options;
    options.changes_capacities = changes_capacities;
    options.clock = [this] { return now_; };
    options.on_progress = [this] { shards_.RunUntilIdle(); };
    const bool is_dry = kind == Kind::kDry;
    SupplyImport import(is_dry ? nullptr : &log_,
                        is_dry ? nullptr : history.get(), inventory, report,
                        std::move(options));
    uint32_t line = 0;
    for (const SupplyRow& row : rows) {
      report.Read();
      EXPECT_TRUE(import.Take({0, ++line}, row).ok());
    }
    EXPECT_TRUE(import.Finish().ok());
    report.Check();
    const ImportFigures& f = report.figures();
    return fmt::format("imported {} changed {} there {} refused {} left {}{}",
                       f.imported, f.changed, f.already_there, f.refused,
                       f.left, faults);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'600'000'000);
  MemoryLog log_;
  Shards shards_;
};

TEST_F(SupplyImportTest, TheSameRowsAgainAreAlreadyThere) {
  const std::vector<SupplyRow> rows = {
      Site("s1"), Site("s2", "Hall"), Slot("s1", "am", 3), Slot("s2", "am", 0)};
  EXPECT_EQ(Import(rows, false, Kind::kDry),
            "imported 4 changed 0 there 0 refused 0 left 0");
  EXPECT_EQ(Import(rows), "imported 4 changed 0 there 0 refused 0 left 0");
  EXPECT_EQ(Import(rows), "imported 0 changed 0 there 4 refused 0 left 0");
  EXPECT_EQ(Import(rows, false, Kind::kDry),
            "imported 0 changed 0 there 4 refused 0 left 0");
}

TEST_F(SupplyImportTest, WhatContradictsTheLogIsRefused) {
  Import({Site("s1"), Slot("s1", "am", 3)});
  EXPECT_EQ(Import({Site("s1", "Hall"), Slot("s1", "am", 4),
                    Slot("s1", "am", 3, 5000), Slot("s9", "am", 3)}),
            "imported 0 changed 0 there 0 refused 4 left 0; 1 SITE_DIFFERS; "
            "2 CAPACITY_DIFFERS; 3 SLOT_DIFFERS; 4 SITE_UNKNOWN");
}

TEST_F(SupplyImportTest, AnotherCapacityIsAChangeOnDemand) {
  Import({Site("s1"), Slot("s1", "am", 3), Slot("s1", "pm", 3)});
  const std::vector<SupplyRow> rows = {Slot("s1", "am", 5),
                                       Slot("s1", "pm", 3)};
  EXPECT_EQ(Import(rows, true),
            "imported 1 changed 1 there 1 refused 0 left 0");
  EXPECT_EQ(Import(rows, true),
            "imported 0 changed 0 there 2 refused 0 left 0");
  EXPECT_EQ(Import(rows), "imported 0 changed 0 there 2 refused 0 left 0");
}

TEST_F(SupplyImportTest, AFileThatContradictsItselfIsTold) {
  const std::vector<SupplyRow> rows = {Site("s1"),
                                       Site("s1"),
                                       Site("s1", "Hall"),
                                       Slot("s1", "am", 3),
                                       Slot("s1", "am", 3),
                                       Slot("s1", "am", 4),
                                       Slot("s1", "am", 3, 5000)};
  EXPECT_EQ(Import(rows),
            "imported 2 changed 0 there 2 refused 3 left 0; 3 ID_REPEATED; "
            "6 ID_REPEATED; 7 ID_REPEATED");
  EXPECT_EQ(Import(rows, true),
            "imported 0 changed 0 there 4 refused 3 left 0; 3 ID_REPEATED; "
            "6 ID_REPEATED; 7 ID_REPEATED");
}

TEST_F(SupplyImportTest, WhatCameMeanwhileIsAnsweredRowByRow) {
  Import({Site("s1"), Slot("s1", "a", 3), Slot("s1", "b", 3)});
  EXPECT_EQ(Import({Slot("s1", "a", 3), Slot("s1", "b", 9), Slot("s1", "c", 3)},
                   false, Kind::kReal, Reading::kNothing),
            "imported 1 changed 0 there 1 refused 1 left 0; 2 SLOT_EXISTS");
}

TEST_F(SupplyImportTest, AClosedSiteTakesNoSlots) {
  Import({Site("s1")});
  v1::Operation close;
  close.mutable_close_site()->set_site_id("s1");
  Operate("s1", close);
  EXPECT_EQ(Import({Site("s1"), Slot("s1", "am", 3)}),
            "imported 0 changed 0 there 1 refused 1 left 0; 1 SITE_CLOSED; "
            "2 SITE_CLOSED");
}

TEST_F(SupplyImportTest, MoreSlotsThanASiteTakesAreRefusedOneByOne) {
  std::vector<SupplyRow> rows = {Site("s1")};
  for (size_t i = 0; i < kSlotsPerSiteMax + 1; ++i) {
    rows.push_back(Slot("s1", std::to_string(i), 1));
  }
  const std::string all = fmt::format(
      "imported {} changed 0 there 0 refused 1 left 0; {} "
      "TOO_MANY_SLOTS",
      kSlotsPerSiteMax + 1, kSlotsPerSiteMax + 2);
  EXPECT_EQ(Import(rows, false, Kind::kDry), all);
  EXPECT_EQ(Import(rows), all);
}

TEST_F(SupplyImportTest, RowsOfOneContentMakeOperationsOfOneId) {
  const auto ids = [this] {
    std::vector<std::string> found;
    for (Shard shard{0}; shard.value < 2; ++shard) {
      const Position start{{Topic::kOperations, shard}, Offset{0}};
      auto consumer = *log_.OpenConsumer({&start, 1});
      auto batch = *consumer->Fetch(start.partition, 100, 1 << 20);
      for (const Record& record : batch.records) {
        v1::Operation operation;
        EXPECT_TRUE(operation.ParseFromString(std::string(record.value)));
        found.push_back(operation.operation_id());
      }
    }
    return found;
  };
  Import({Site("s1"), Slot("s1", "am", 3)});
  ASSERT_EQ(ids().size(), 2u);
  // The inventory is not read: as after a crash, before anything was decided.
  Import({Slot("s1", "am", 3)}, false, Kind::kReal, Reading::kNothing);
  ASSERT_EQ(ids().size(), 3u);
  EXPECT_EQ(ids()[1], ids()[2]);
  EXPECT_NE(ids()[0], ids()[1]);
}

}  // namespace
}  // namespace slotlog::supply
