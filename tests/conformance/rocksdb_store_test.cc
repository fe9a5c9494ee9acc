#include "events/store/rocksdb/rocksdb_store.h"

#include <filesystem>

#include "tests/conformance/store_conformance.h"

namespace slotlog {
namespace {

OpenStore NewStore() {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "store";
  std::filesystem::remove_all(directory);
  // Merges now and then, so that the suite also meets merged files.
  return [directory] {
    return RocksDbStore::Open(
        directory, {.tuning = "level0_file_num_compaction_trigger=4"});
  };
}

INSTANTIATE_TEST_SUITE_P(RocksDb, StoreConformance,
                         testing::Values(StoreKind{.new_store = NewStore,
                                                   .is_durable = true}));

}  // namespace
}  // namespace slotlog
