// The embedded log of a directory that --data names. What a power cut left
// behind there is told on standard error.

#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>

#include "events/ids.h"
#include "events/log/embedded/embedded_log.h"

namespace slotlog {

/// Opens it to write, or makes it with so many shards. NOT_FOUND: there is none
/// and `shards` is 0.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenOrMakeLog(
    const std::filesystem::path& data, ShardCount shards);

/// Opens it to read. NOT_FOUND: there is none.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenLogToRead(
    const std::filesystem::path& data);
/// The same; null: there is none.
absl::StatusOr<std::unique_ptr<EmbeddedLog>> FindLogToRead(
    const std::filesystem::path& data);

}  // namespace slotlog
