// A thread on which what had to wait goes on: after some time, or when somebody
// hands it over. Ten thousand waiting requests need one.
//
// Threads: any. What is handed over must not block.
//
// Ownership: after Stop, or the destructor, nothing more is called; what was
// still to be called is destroyed.

#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/time/time.h>

#include <memory>

namespace slotlog {

class TimerThread {
 public:
  using Work = absl::AnyInvocable<void()>;

  class Timer {
   public:
    virtual ~Timer() = default;
    /// Its work is not called any more, unless it is being called now.
    virtual void Cancel() = 0;
  };

  TimerThread();
  ~TimerThread();

  void Post(Work work);
  /// The timer may be dropped: the work is called all the same.
  std::shared_ptr<Timer> After(absl::Duration time, Work work);
  void Stop();

 private:
  class Impl;
  /// Posting keeps it, so that a late one finds it.
  const std::shared_ptr<Impl> impl_;
};

}  // namespace slotlog
