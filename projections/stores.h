// Stores on disk for projections: one folder each, below one that may always be
// deleted, whole or in part, while nobody has it open.
//
// Threads: any.

#pragma once

#include <filesystem>

#include "events/store/rocksdb/rocksdb_store.h"
#include "projections/feed.h"

namespace slotlog {

/// In folders of `directory`, which is made if it is missing.
ProjectionStores StoresIn(std::filesystem::path directory,
                          RocksDbMemory memory);

}  // namespace slotlog
