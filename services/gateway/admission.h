// The guard before a route: who calls, whether its roles allow that, and
// whether it calls too often. Of the gateway's routes and the query service's.
//
//   Admission admission(&callers, limits, clock);
//   router.Add(http::Method::kGet, "/v1/demand", handler,
//              {.guard = admission.For({http::Role::kAnalyst})});
//
// Without callers nobody is asked for a name, and limits count by address.
// Who shows no credential, or a wrong one, is counted by address too, with a
// limit of its own: guessing is slow.
//
// Threads: any. Ownership: the callers outlive it, and it outlives its guards.

#pragma once

#include <absl/time/time.h>

#include <functional>
#include <initializer_list>
#include <optional>

#include "services/gateway/callers.h"
#include "services/gateway/rate_limits.h"
#include "services/http/caller.h"
#include "services/http/router.h"

namespace slotlog {

struct AdmissionLimits {
  /// Of a caller that has none of its own; requests_per_second 0: none.
  RateLimit caller = {.requests_per_second = 50'000, .window_seconds = 1};
  /// Of an address, where there are no callers; 0: none.
  RateLimit address = {.requests_per_second = 0, .window_seconds = 10};
  /// Of an address that shows no credential or a wrong one.
  RateLimit stranger = {.requests_per_second = 5, .window_seconds = 10};
  /// Callers and addresses known at a time.
  size_t keys_max = 100'000;
};

class Admission {
 public:
  /// Null: nobody is asked.
  Admission(const Callers* callers, AdmissionLimits limits,
            std::function<absl::Time()> clock);

  /// Admits who has one of these roles.
  http::Guard For(std::initializer_list<http::Role> roles);
  /// Admits whoever is known.
  http::Guard ForAnybodyKnown();
  /// Admits everybody, within the address's limit.
  http::Guard ForEverybody();

 private:
  std::optional<http::Reply> Admit(http::Request& request, uint8_t roles);
  std::optional<http::Reply> CountAddress(http::Request& request);
  http::Reply RefuseStranger(http::Request& request, bool has_credential);
  std::optional<http::Reply> Count(http::Request& request,
                                   std::string_view policy,
                                   std::string_view key,
                                   const RateLimit& limit);

  const Callers* const callers_;
  const AdmissionLimits limits_;
  RateLimits counts_;
};

}  // namespace slotlog
