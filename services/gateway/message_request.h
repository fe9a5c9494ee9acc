// Takes a command or an operation out of a request, or says what is wrong with
// it: its type, its form, its id, what makes no sense in it. Nothing is looked
// up for that.
//
// Threads: pure functions.

#pragma once

#include <optional>

#include "services/http/problem.h"
#include "services/http/request.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// The header that names a command's id, as in
/// draft-ietf-httpapi-idempotency-key-header: in double quotes, or bare.
inline constexpr std::string_view kIdempotencyKey = "Idempotency-Key";

/// Into `command`, which is empty; none: it went well. A tick is refused: only
/// the line's owner moves its time.
std::optional<http::Problem> ReadCommand(const http::Request& request,
                                         v1::Command& command);
std::optional<http::Problem> ReadOperation(const http::Request& request,
                                           v1::Operation& operation);

}  // namespace slotlog
