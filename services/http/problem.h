// Problem documents (RFC 9457): what went wrong, for a machine by `type` and
// for people by `title` and `detail`.
//
// Threads: values.

#pragma once

#include <absl/status/status.h>

#include <optional>
#include <string>
#include <string_view>

#include "services/http/reply.h"
#include "services/http/request.h"

namespace slotlog::http {

struct Problem {
  int status = 500;
  /// "ticket-unknown": `type` is "urn:slotlog:problem:ticket-unknown".
  std::string_view name;
  /// The same for every problem of this name.
  std::string_view title;
  /// What is the matter this time, and what to do.
  std::string detail = {};
  /// The field, parameter or header at fault.
  std::string field = {};
  /// When to try again: the header Retry-After.
  std::optional<int> retry_after_seconds = {};
};

/// With the request's path and trace. Texts that are no UTF-8 are made so.
Reply ProblemReply(const Request& request, const Problem& problem);

/// The problem of a status that our own code returned: what is the caller's
/// fault (INVALID_ARGUMENT, NOT_FOUND, ...) is said; of our own faults only
/// that they are. UNAVAILABLE, RESOURCE_EXHAUSTED: 503, try again.
Problem ProblemOf(const absl::Status& status);

}  // namespace slotlog::http
