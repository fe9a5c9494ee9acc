// What people and operators of random_history_test.cc want, by dice: mostly
// sense, and every kind of it, so that all of the core is gone through.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

struct KeyedOperation {
  std::string key;
  v1::Operation operation;
};

class RandomWishes {
 public:
  /// Campaigns open, and slots begin, soon after `start`.
  RandomWishes(std::mt19937_64& random, absl::Time start)
      : random_(random), start_(start) {}

  v1::Command NextCommand();
  /// None, one or many. Changes of campaigns are announced from `now`.
  std::vector<KeyedOperation> NextOperations(absl::Time now);

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  template <typename Body>
  void Wish(const std::string& campaign, Body& wish);
  v1::Campaign CampaignOf(uint64_t variant);
  void SetProfile(v1::Profile& profile);

  std::mt19937_64& random_;
  const absl::Time start_;
};

}  // namespace slotlog
