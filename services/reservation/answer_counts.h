// What a batch answered, in figures for whoever watches: how many of each
// outcome, of each reason to refuse, and how long people waited for it.
//
// Values only: no allocation, and no locks.

#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

/// How many lie at or below each of the bounds, in seconds; the last count is
/// of those beyond.
template <size_t kBounds>
class Distribution {
 public:
  using Bounds = std::array<double, kBounds>;

  void Add(const Bounds& bounds, absl::Duration duration) {
    const double seconds = absl::ToDoubleSeconds(duration);
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    ++counts_[bucket - bounds.begin()];
    seconds_ += seconds;
  }
  void Add(const Distribution& more) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += more.counts_[i];
    seconds_ += more.seconds_;
  }

  const std::array<uint64_t, kBounds + 1>& counts() const { return counts_; }
  /// All together.
  double seconds() const { return seconds_; }

 private:
  std::array<uint64_t, kBounds + 1> counts_ = {};
  double seconds_ = 0;
};

struct AnswerCounts {
  /// From a quiet moment to a line of two hours.
  static constexpr std::array<double, 14> kWaitBounds = {
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 1800, 7200};

  /// By v1::Outcome and v1::Refusal.
  std::array<uint64_t, v1::Outcome_ARRAYSIZE> outcomes = {};
  std::array<uint64_t, v1::Refusal_ARRAYSIZE> refusals = {};
  /// From asked_at to decided_at.
  Distribution<kWaitBounds.size()> waits;

  void Add(const v1::Confirmation& confirmation) {
    ++outcomes[confirmation.outcome()];
    ++refusals[confirmation.refusal()];
    waits.Add(kWaitBounds,
              absl::Milliseconds(confirmation.decided_at_unix_ms() -
                                 confirmation.asked_at_unix_ms()));
  }
  void Add(const AnswerCounts& more) {
    for (size_t i = 0; i < outcomes.size(); ++i)
      outcomes[i] += more.outcomes[i];
    for (size_t i = 0; i < refusals.size(); ++i)
      refusals[i] += more.refusals[i];
    waits.Add(more.waits);
  }
};

}  // namespace slotlog
