// The embedded log of a directory that --data names, for commands that add to
// what is there.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "events/ids.h"
#include "events/log/embedded/embedded_log.h"

namespace slotlog {

/// So many shards may be asked for where a command makes a log.
inline constexpr uint32_t kShardsMax = 256;

/// Opens it to write, or makes it with so many shards. NOT_FOUND: there is none
/// and `shards` is 0. What a power cut left behind is told on standard error.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenOrMakeLog(
    const std::filesystem::path& data, ShardCount shards);

/// Opens it to read. Null: there is none.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> FindLogToRead(
    const std::filesystem::path& data);

}  // namespace slotlog
