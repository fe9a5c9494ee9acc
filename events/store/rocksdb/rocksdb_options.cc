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
  // A filter for each file answers a row that is not there without reading.
  // Ribbon filters were 6% less disk for 5% more merging.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(/*bits_per_key=*/10));
  // Counted in the shared limit, and the last to leave.
  table.cache_index_and_filter_blocks = true;
  // In small pieces: a whole file's filter grows to megabytes, drops out of a
  // bounded cache, and was read again at every look-up, for 60% of all CPU in a
  // rush of ten million commands.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.pin_top_level_index_and_filter = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // Blocks of 16 KiB: 17% less merging, but look-ups cost twice as much.
  table.block_size = 4 * 1024;
  return table;
}

}  // namespace

RocksDbMemory NewRocksDbMemory(size_t bytes_max) {
  // Few threads read, so few parts do; each must hold the largest block.
  constexpr int kPartsLog2 = 2;
  return rocksdb::NewLRUCache(bytes_max, kPartsLog2);
}

rocksdb::Status MakeRocksDbOptions(const RocksDbOptions& options,
                                   rocksdb::Options* made) {
  rocksdb::Options base;
  base.create_if_missing = true;
  base.env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  // Measured by //tests/bench:store_bench with 20 and with 40 checkpoints of
  // 200,000 rows. Universal against level compaction: merging takes 1.3 and
  // 1.9 us of CPU a row instead of 0.8 and 1.6, but a look-up, which the
  // deciding thread itself pays, 5.8 and 7.0 us instead of 6.8 and 8.2; and the
  // disk holds 10% less. Both write 0.9-1.2 bytes for a byte of rows.
  base.compaction_style = rocksdb::kCompactionStyleUniversal;
  // The more files may wait, the less is merged and the more are looked into:
  // 1.9 us a row with 4 files, 1.3 with 8.
  base.level0_file_num_compaction_trigger = 8;
  // Here WriteCheckpoint waits for the merging.
  base.level0_stop_writes_trigger = 24;
  // No compression writes 63% more and merges no faster; zstd merges for 65%
  // more CPU and saves 8% of the disk.
  base.compression = rocksdb::kLZ4Compression;
  // That is one thread which merges, for all stores of the process.
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
