// A worker for all shards of a data directory, in the process of the command
// that needs something decided. One thread.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "events/log/log.h"
#include "services/shard/worker.h"

namespace slotlog {

inline constexpr uint64_t kMemoryMibDefault = 1024;
inline constexpr uint64_t kMemoryMibMax = 1 << 20;

/// Returns when every shard has recovered. The log outlives the worker.
absl::StatusOr<std::unique_ptr<Worker>> StartWorker(
    Log& log, const std::filesystem::path& data, uint64_t memory_mib);

/// OK, with a warning, where only a full disk kept a checkpoint from being
/// written: the next start folds it from the log.
absl::Status StopWorker(Worker& worker);

}  // namespace slotlog
