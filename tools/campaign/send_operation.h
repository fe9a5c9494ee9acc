// One operation, and its answer.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <string_view>

#include "events/log/log.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// Appends it to the shard of `key` and waits for its confirmation. Something
/// must decide it meanwhile, and `health` says if nothing does any more.
/// DEADLINE_EXCEEDED: it is in the log, and not decided within a minute.
absl::StatusOr<v1::Confirmation> SendOperation(
    const v1::Operation& operation, std::string_view key,
    const std::function<absl::Status()>& health, Log& log);

}  // namespace slotlog
