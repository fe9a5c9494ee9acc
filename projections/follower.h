// Something else that the feed's thread does after each round.

#pragma once

#include <absl/status/statusor.h>

namespace slotlog {

class Follower {
 public:
  virtual ~Follower() = default;
  /// Takes a bounded step, without waiting. True: there is more to do.
  virtual absl::StatusOr<bool> Follow() = 0;
};

}  // namespace slotlog
