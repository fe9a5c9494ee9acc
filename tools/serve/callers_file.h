// The file of those who may call, read again when it changes: a caller comes
// and goes without a restart. A change that cannot be read is told, and those
// who were known before stay.
//
// Threads: Open and the destructor from one; it reads on the timer thread,
// which is stopped before it ends.

#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <string>

#include "services/gateway/callers.h"
#include "services/query/timer_thread.h"

namespace slotlog {

class CallersFile {
 public:
  /// INVALID_ARGUMENT: what is wrong, and in which line; NOT_FOUND,
  /// PERMISSION_DENIED: of the file.
  static absl::StatusOr<std::unique_ptr<CallersFile>> Open(std::string path);

  Callers& callers() { return callers_; }

  /// Looks once a second from now on.
  void Follow(TimerThread& timers);

 private:
  CallersFile(std::string path, CallerList list);
  void Look();

  const std::string path_;
  Callers callers_;
  std::filesystem::file_time_type read_at_;
};

}  // namespace slotlog
