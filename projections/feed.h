// Follows the events of all shards of a log and folds each batch into the
// projections, in the order in which they were added; then it tells whoever
// waits for it. One thread for all of them, so that a batch is read and decoded
// once.
//
//   Served<Appointments> appointments;
//   Feed feed(log, stores, options);
//   feed.Add(appointments);
//   feed.Start();
//
// A projection's store stands at some position of its own. One that lies
// behind catches up by itself, and the others do not wait for it. Rows of
// another version are folded anew in a second store: if their layout is the
// same, the old ones are kept up and read until the new ones stand where they
// do, and are then replaced; else there is nothing to read until then
// (IsReady). The same after Rebuild. Rows of another log, of a log that is
// shorter than they are, or of another history are dropped at once: what they
// say is not so.
//
// Waiting takes no thread: callbacks are called by the feed's thread, outside
// of its locks, and must be quick (post to an own executor). Deadlines are the
// caller's: a timer, and Cancel.
//
// Threads: Add before Start. Start, Stop and Step by one thread; the rest by
// any.
//
// Ownership: the log, the stores, the Served and the followers outlive it.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/log/log.h"
#include "projections/follower.h"
#include "projections/model.h"
#include "projections/projection.h"
#include "projections/rows.h"
#include "projections/served.h"
#include "projections/ticket.h"
#include "projections/waits.h"

namespace slotlog {

struct FeedOptions {
  /// The wall clock, for the intervals of checkpoints and the feed's delay.
  std::function<absl::Time()> clock;
  /// Writes checkpoints; none: the feed's own thread does.
  RowsExecutor executor = nullptr;
  /// A checkpoint is due after so many rows, or so long after a change.
  size_t checkpoint_rows_max = 200'000;
  absl::Duration checkpoint_interval = absl::Seconds(20);
};

/// How far the reader is with a shard.
struct FeedProgress {
  Shard shard;
  /// All projections that are read have folded the shard up to here.
  Sequence sequence;
  uint64_t batch_number = 0;
  /// From the moment at which the last batch was decided to the one at which
  /// all projections had folded it.
  absl::Duration delay;
};

class FeedLoop;

class Feed {
 public:
  Feed(Log& log, ProjectionStores stores, FeedOptions options);
  /// As Stop.
  ~Feed();

  /// REQUIRES: P as projection.h describes it.
  template <typename P>
  void Add(Served<P>& served) {
    Add(served, [](std::unique_ptr<Rows> rows) {
      return std::make_shared<P>(std::move(rows));
    });
  }
  /// For one that needs more than its rows.
  template <typename P, typename Make>
  void Add(Served<P>& served, Make make) {
    AddModel(
        {.name = std::string(P::kName),
         .version = P::kVersion,
         .layout = P::kLayout,
         .make = [make](std::unique_ptr<Rows> rows)
             -> std::shared_ptr<Projection> { return make(std::move(rows)); },
         .serve =
             [&served](std::shared_ptr<const Projection> projection) {
               served.Set(std::static_pointer_cast<const P>(projection));
             }});
  }
  void Add(Follower& follower);

  /// Opens the stores and begins to follow, on a thread of its own. What the
  /// stores hold can be read when it returns.
  absl::Status Start();
  /// Writes a checkpoint and ends the thread. What waits is never called.
  void Stop();

  // Instead of Start, for tests and tools that have a thread of their own:

  absl::Status Open();
  /// Reads what is there now, at most about a hundred batches of each shard.
  /// True: there was something.
  absl::StatusOr<bool> Step();
  /// Steps until nothing is left.
  absl::Status CatchUp();
  /// Writes a checkpoint of everything.
  absl::Status Save();

  /// Every projection can be read, and stood at the end of the log once.
  bool IsReady() const;
  /// What the feed is stuck at, or OK. It goes on trying.
  absl::Status Health() const;

  FeedProgress ProgressOf(Shard shard) const;
  std::vector<ShardPosition> Position() const;

  /// Calls `done` once this shard's events are folded up to `sequence`: at
  /// once, if they are. WaitId{0}: it was called. Who waits is told when the
  /// feed is ready, so that what is told can be read; the same goes for the
  /// answers below.
  WaitId WhenFolded(Shard shard, Sequence sequence, std::function<void()> done);
  /// Calls `done` when a batch that answers this command has been folded. What
  /// was answered before is not looked at: look it up after this call.
  WaitId WhenAnswered(Ticket ticket, std::function<void()> done);
  /// The same for an operation's record.
  WaitId WhenOperationAnswered(Ticket record, std::function<void()> done);
  /// The callback is not called after this, unless it is being called now.
  void Cancel(WaitId id);
  /// How many wait.
  size_t waiting() const;

  /// Folds the projection of this name from the first event into a new store,
  /// and swaps it in. NOT_FOUND; UNAVAILABLE: it is being folded anew already.
  absl::Status Rebuild(std::string_view name);

 private:
  void AddModel(Model model);
  void Run();
  void SetHealth(const absl::Status& health);

  Waits waits_;
  const std::unique_ptr<FeedLoop> loop_;
  std::thread thread_;

  mutable absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
