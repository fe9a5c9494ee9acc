// A rush through the gateway, as people with browsers make it: each has a kept
// connection, looks at what is free, books, asks how far the line is when
// Retry-After says so, and reloads pages in between without patience, until so
// many hits have been made for each success: 33 to 48 were counted in
// Massachusetts and India in 2021. Who is told 429 or 503, or loses the
// connection, sends the same again with the same Idempotency-Key; some do so
// for no reason. A command that is sent again must keep its ticket.
//
// Threads: one for each client. Nothing but HTTP is used: the server may run
// anywhere.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tools/rush/http/http_client.h"
#include "tools/rush/latency.h"
#include "tools/rush/scenario.h"

namespace slotlog {

inline constexpr uint32_t kHttpClientsMax = 2'000;
inline constexpr uint32_t kHitsPerSuccessMax = 1'000;

struct HttpRushOptions {
  HttpAddress address;
  /// Of a caller that is a citizen's portal and an operator; empty: none.
  std::string token = {};
  uint64_t seed = 1;
  /// In which the slots lie.
  int year = 0;
  uint32_t clients = 100;
  uint32_t hits_per_success = 40;
  /// Of each request that finds no connection, a full gateway or a limit.
  uint32_t retries_max = 100;
  std::function<absl::Time()> clock = [] { return absl::Now(); };
  std::function<bool()> stop = [] { return false; };
};

struct HttpRushFigures {
  absl::Duration elapsed;
  uint64_t hits = 0;
  uint64_t commands = 0;
  /// Sent again with the same key.
  uint64_t repetitions = 0;
  /// Told 429 or 503, or not connected: tried again.
  uint64_t retries = 0;
  uint64_t successes = 0;
  /// By reason.
  std::map<std::string, uint64_t> refusals = {};
  /// By status.
  std::map<int, uint64_t> statuses = {};
  /// Of a request that sends a command; of a look at a page or a ticket; from
  /// the first sending until the answer was seen.
  LatencyHistogram to_ticket = {};
  LatencyHistogram to_page = {};
  LatencyHistogram to_answer = {};
};

/// Sets the day up and lets the people come, until nobody wishes anything that
/// does not take time to come true (holds that run out are not waited for).
/// DATA_LOSS: a command that was sent again got another ticket, or an answer
/// cannot be. UNAVAILABLE: the server could not be reached. INVALID_ARGUMENT:
/// the scenario has a rotation, or the server refuses it.
absl::StatusOr<HttpRushFigures> RunHttpRush(const Scenario& scenario,
                                            const HttpRushOptions& options);

/// For people.
std::string SummaryOf(const HttpRushFigures& figures);

}  // namespace slotlog
