// What a rehearsal came to: for people, beside what happened on the day, and as
// JSON for programs. Pure; thread-safe.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "events/ids.h"
#include "tools/rush/fairness.h"
#include "tools/rush/scenario.h"
#include "tools/rush/tally.h"

namespace slotlog {

struct RushOutcomes {
  Figures figures;
  FairnessReport fairness;
  /// Else stopped before its end.
  bool is_finished = false;
  /// Nothing was left to do at this start: all figures come from the log.
  bool was_finished_before = false;
  ShardCount shards;
  uint64_t seed = 0;
  /// Of this process; none where it did nothing but read the log.
  std::optional<uint64_t> peak_rss_bytes;
  uint64_t disk_bytes = 0;
  std::string directory;
  /// Its topics and brokers, where the log is on Kafka; else empty.
  std::string kafka;
  /// Does what was acknowledged survive that a machine loses power?
  bool is_durable = true;
};

/// Several lines, each with its end.
std::string SummaryForPeople(const Scenario& scenario,
                             const RushOutcomes& outcomes);

/// An object of the fields that docs and scripts rely on, with its line's end.
std::string SummaryAsJson(const Scenario& scenario,
                          const RushOutcomes& outcomes);

}  // namespace slotlog
