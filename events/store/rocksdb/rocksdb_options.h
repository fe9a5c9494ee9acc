// How RocksDB is set for this store, and why: the one place to tune it. Only
// for rocksdb_store.cc.

#pragma once

#include <rocksdb/options.h>

#include "events/store/rocksdb/rocksdb_store.h"

namespace slotlog {

/// InvalidArgument: the tuning names what RocksDB does not know.
rocksdb::Status MakeRocksDbOptions(const RocksDbOptions& options,
                                   rocksdb::Options* made);

}  // namespace slotlog
