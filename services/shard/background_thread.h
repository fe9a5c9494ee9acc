// One thread that does pieces of work in order, all of them before it ends: the
// destructor waits for it. How many wait is up to whoever hands them in.
//
// Threads: Do from any; it returns at once.

#pragma once

#include <absl/synchronization/mutex.h>

#include <deque>
#include <functional>
#include <string>
#include <thread>

namespace slotlog {

class BackgroundThread {
 public:
  /// The name is what a debugger and top show: 15 bytes at the most.
  explicit BackgroundThread(const std::string& name);
  ~BackgroundThread();

  void Do(std::function<void()> work);

 private:
  void Run();

  absl::Mutex mutex_;
  bool is_ending_ = false;
  std::deque<std::function<void()>> work_;
  std::thread thread_;
};

}  // namespace slotlog
