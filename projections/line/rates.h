// How fast lines move: samples of the last half minute, and what follows from
// them. Speeds that an estimate may use are those of seconds in which somebody
// waited all the time: who is decided at once shows how fast people come, and
// not how fast they could be decided.
//
// Threads: its owner's lock.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "events/ids.h"

namespace slotlog {

/// A shard's line at one moment.
struct LineSample {
  Offset high;
  Offset decided;
  int64_t answered = 0;
  int64_t confirmed = 0;
};

struct LineSpeed {
  double arrivals_per_second = 0;
  double decisions_per_second = 0;
  double confirmed_per_second = 0;
};

/// Decisions a second while somebody waited.
struct BusySpeed {
  double mean = 0;
  double slowest = 0;
  double fastest = 0;
};

class Rates {
 public:
  explicit Rates(ShardCount shards)
      : speeds_(shards.value), busy_speeds_(shards.value) {}

  /// REQUIRES: one sample a shard.
  void AddIfDue(absl::Time now, const std::vector<LineSample>& shards);
  bool IsDue(absl::Time now) const;

  /// Over the last seconds; nothing before there are two samples.
  LineSpeed SpeedOf(Shard shard) const { return speeds_[shard.value]; }
  /// None: nobody waited for a second on end.
  std::optional<BusySpeed> BusySpeedOf(Shard shard) const {
    return busy_speeds_[shard.value];
  }
  /// Of the commands answered in the last half minute, in all shards, how many
  /// got a seat: 0 to 1. None: none was answered.
  std::optional<double> ConfirmedShare() const { return confirmed_share_; }

 private:
  struct Moment {
    absl::Time at;
    std::vector<LineSample> shards;
  };
  /// The oldest within so long before the newest.
  const Moment& Since(absl::Duration time) const;
  LineSpeed MeasureSpeed(Shard shard) const;
  std::optional<BusySpeed> MeasureBusySpeed(Shard shard) const;
  std::optional<double> MeasureConfirmedShare() const;

  std::deque<Moment> moments_;
  // What follows from them: many ask.
  std::vector<LineSpeed> speeds_;
  std::vector<std::optional<BusySpeed>> busy_speeds_;
  std::optional<double> confirmed_share_;
};

}  // namespace slotlog
