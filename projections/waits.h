// Who waits for a shard to be folded so far, or for an answer: callbacks, each
// called once or cancelled. The feed tells it what happened.
//
// Threads: any. Callbacks are called outside of its lock, by who brings the
// news.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "projections/ticket.h"

namespace slotlog {

/// Names a callback that waits.
using WaitId = Number<struct WaitTag, uint64_t>;

class Waits {
 public:
  using Callback = std::function<void()>;

  /// REQUIRES: the caller has looked, after this call, whether it is so
  /// already, or makes the news itself.
  WaitId AddSequence(Shard shard, Sequence sequence, Callback done);
  WaitId AddAnswer(Ticket ticket, Callback done);
  WaitId AddOperationAnswer(Ticket record, Callback done);
  /// False: it was called, or is being called.
  bool Cancel(WaitId id);
  size_t size() const { return size_; }

  void Folded(Shard shard, Sequence sequence);
  void Answered(Ticket ticket);
  void OperationAnswered(Ticket record);

  /// From now on news is kept for those who wait when it comes.
  void Hold();
  /// Tells what was kept, and from now on everything as it comes.
  void Release();

 private:
  enum class Kind {
    kDue,  // its news came while news was held; before all others
    kSequence,
    kAnswer,
    kOperation,
  };
  /// What it waits for: a shard and a sequence or an offset.
  struct Key {
    Kind kind;
    Shard shard;
    uint64_t number;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  static constexpr Key kDue{Kind::kDue, Shard{0}, 0};

  WaitId Add(Key key, Callback done);
  /// Takes those of `first` to `last`, both included, and calls them unless
  /// news is held.
  void Call(Key first, Key last);

  mutable absl::Mutex mutex_;
  uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::pair<Key, WaitId>, Callback> callbacks_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<WaitId, Key> keys_ ABSL_GUARDED_BY(mutex_);
  bool is_held_ ABSL_GUARDED_BY(mutex_) = false;
  /// So that news that nobody waits for costs nothing.
  std::atomic<size_t> size_ = 0;
};

}  // namespace slotlog
