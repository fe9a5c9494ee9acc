// Where readers find a read model: the instance that answers now. A new one is
// folded beside it and takes its place once it has caught up, while whoever
// still reads the old one keeps it alive.
//
//   if (auto appointments = served.Get()) appointments->OfCitizen(...);
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <memory>
#include <utility>

namespace slotlog {

template <typename P>
class Served {
 public:
  /// Null: there is nothing to read yet.
  std::shared_ptr<const P> Get() const {
    const absl::ReaderMutexLock lock(&mutex_);
    return instance_;
  }

  /// For the feed.
  void Set(std::shared_ptr<const P> instance) {
    std::shared_ptr<const P> before;  // ends outside of the lock
    const absl::MutexLock lock(&mutex_);
    before = std::exchange(instance_, std::move(instance));
  }

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const P> instance_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
