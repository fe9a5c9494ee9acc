// The waiting room: how long the line is in each shard, how fast it moves, and
// what that means for a ticket. The events say what is decided (progress.h);
// this also follows `commands`, for what is not: where the line ends, and which
// command ids stand in it (undecided.h).
//
// Estimates are honest: made of the seconds in which somebody waited, with a
// range from the fastest of them to the slowest, and left out while nothing
// moves.
//
// Threads: Follow by the feed's thread, the rest by any; reading costs a short
// lock and no look at the log.
//
// Ownership: the log and what it is constructed of outlive it.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "projections/follower.h"
#include "projections/line/progress.h"
#include "projections/line/undecided.h"
#include "projections/served.h"
#include "projections/ticket.h"

namespace slotlog {

/// One shard's line.
struct ShardLine {
  Shard shard;
  LineProgress progress;
  /// The next command to arrive gets it.
  Offset high_watermark;
  /// The line's length: high_watermark - progress.decided.
  int64_t undecided = 0;
  /// Over the last seconds.
  double arrivals_per_second = 0;
  double decisions_per_second = 0;
  /// Decisions that gave a seat.
  double confirmed_per_second = 0;
};

struct LineNow {
  absl::Time at;
  int64_t undecided = 0;
  double arrivals_per_second = 0;
  double decisions_per_second = 0;
  double confirmed_per_second = 0;
  /// Commands answered, ever.
  int64_t answered = 0;
  int64_t confirmed = 0;
  int64_t refused = 0;
  std::vector<ShardLine> shards = {};
};

/// From now until it is decided.
struct LineEstimate {
  absl::Duration time;
  absl::Duration low;
  absl::Duration high;
};

enum class PlaceState {
  /// Nobody has this ticket yet: it lies beyond the line's end.
  kBeyondTheEnd,
  kWaiting,
  /// It was taken from the line: the outcomes say more.
  kPassed,
};

struct Place {
  PlaceState state = PlaceState::kBeyondTheEnd;
  /// Undecided commands before it, in its shard.
  int64_t people_ahead = 0;
  /// Those who will be decided before it in all shards, as far as can be told.
  int64_t people_ahead_everywhere = 0;
  /// Of those, how many will take a seat, if it goes on as in the last seconds.
  int64_t seats_wanted_ahead = 0;
  /// None: nothing is being decided, so that nobody can tell.
  std::optional<LineEstimate> estimate;
};

enum class WillReach { kYes, kPerhaps, kNo };
/// "yes", "perhaps", "no".
std::string_view NameOf(WillReach will_reach);
/// Whether seats will be left for this place, with so many left now. Yes: even
/// if all who are ahead take one. No: none is left, or what those who are ahead
/// will take, as in the last seconds, leaves none.
WillReach WillStockReach(const Place& place, int64_t seats_left);

struct LineOptions {
  /// The wall clock.
  std::function<absl::Time()> clock;
  /// Ids known of the undecided: about 100 bytes each.
  size_t undecided_max = 4'000'000;
};

class Rates;

class Line final : public Follower {
 public:
  Line(Log& log, const Served<Progress>& progress, LineOptions options);
  ~Line() override;

  absl::StatusOr<bool> Follow() override;

  LineNow Now() const;
  Place PlaceOf(Ticket ticket) const;

  /// Every line was read to where it ended at first: what FindUndecided does
  /// not find is not in line.
  bool IsRead() const { return is_read_; }
  std::optional<UndecidedCommand> FindUndecided(CitizenId citizen,
                                                CommandId command) const;
  /// This command was appended just now: it is in line for everybody who asks
  /// here, before it was read from the log.
  void Add(Ticket ticket, CitizenId citizen, CommandId command,
           uint64_t command_digest);

 private:
  /// What is known of a shard's line.
  struct ShardState {
    LineProgress progress;
    Offset high;
    int64_t Undecided() const { return high.value - progress.decided.value; }
  };
  /// Where reading a shard's commands is.
  struct Tail {
    absl::Time asked_at = absl::InfinitePast();
    /// Where the line ended when it was opened, and whether it was read to
    /// there.
    Offset end_at_open;
    bool was_read = false;
  };

  absl::Status Open();
  absl::StatusOr<bool> ReadCommands(Shard shard);
  void Sample();
  Offset DecidedOf(Shard shard) const;
  /// Folded already, though Follow may not have come round to it: whoever was
  /// told that a command is answered must not find it undecided.
  Offset FoldedOf(Shard shard) const;
  void SetHigh(Shard shard, Offset high);
  std::optional<LineEstimate> Estimate(Shard shard, int64_t ahead) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  int64_t AheadIn(Shard shard, int64_t ahead_here,
                  const std::optional<LineEstimate>& estimate) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  Log& log_;
  const Served<Progress>& progress_;
  const LineOptions options_;
  Undecided undecided_;
  std::atomic<bool> is_read_ = false;
  /// The feed's thread only.
  std::vector<Tail> tails_;
  std::unique_ptr<Consumer> consumer_;

  mutable absl::Mutex mutex_;
  std::vector<ShardState> lines_ ABSL_GUARDED_BY(mutex_);
  const std::unique_ptr<Rates> rates_ ABSL_PT_GUARDED_BY(mutex_);
};

}  // namespace slotlog
