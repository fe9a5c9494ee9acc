#include "events/store/rocksdb/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace slotlog {

namespace {

constexpr size_t kOwnMemoryBytes = 32 << 20;

rocksdb::BlockBasedTableOptions MakeTableOptions(const RocksDbMemory& memory) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Counted in the shared limit, and the last to leave.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

}  // namespace

RocksDbMemory NewRocksDbMemory(size_t bytes_max) {
  return rocksdb::NewLRUCache(bytes_max);
}

rocksdb::Status MakeRocksDbOptions(const RocksDbOptions& options,
                                   rocksdb::Options* made) {
  rocksdb::Options base;
  base.create_if_missing = true;
  base.env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  base.compaction_style = rocksdb::kCompactionStyleUniversal;
  base.compression = rocksdb::kLZ4Compression;
  base.level0_file_num_compaction_trigger = 6;
  base.level0_slowdown_writes_trigger = 20;
  base.level0_stop_writes_trigger = 24;
  base.max_background_jobs = 2;
  // The memtable stays empty, so there is no write buffer to share or to limit.
  base.table_factory.reset(rocksdb::NewBlockBasedTableFactory(MakeTableOptions(
      options.memory != nullptr ? options.memory
                                : NewRocksDbMemory(kOwnMemoryBytes))));
  base.info_log_level = rocksdb::WARN_LEVEL;
  base.keep_log_file_num = 2;
  base.stats_dump_period_sec = 0;
  base.stats_persist_period_sec = 0;
  return rocksdb::GetOptionsFromString(base, options.tuning, made);
}

}  // namespace slotlog
