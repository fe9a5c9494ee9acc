// The headers by which a client says how it wants to be answered: Prefer
// (RFC 7240) and Accept (RFC 9110).
//
// Threads: pure functions.

#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string_view>

#include "services/http/request.h"

namespace slotlog::http {

/// Prefer: wait=N, in whole seconds, at most `wait_max`; none if it is not
/// asked for or is no number.
std::optional<absl::Duration> PreferredWait(const Request& request,
                                            absl::Duration wait_max);

/// Does Accept name this type (not by a wildcard)?
bool AsksFor(const Request& request, std::string_view content_type);

/// Is this the body's Content-Type, whatever its parameters?
bool HasContentType(const Request& request, std::string_view content_type);

}  // namespace slotlog::http
