// All that is random in a simulation comes from one of these, made from the
// seed; the same on every machine, which the standard's distributions are not.
//
// Threads: one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace slotlog {

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  /// From 0 to limit - 1. REQUIRES: limit > 0.
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  /// Both included.
  uint64_t Between(uint64_t from, uint64_t to) {
    return from + Below(to - from + 1);
  }
  bool Percent(uint64_t percent) { return Below(100) < percent; }

  /// REQUIRES: there is one.
  template <typename T>
  const T& OneOf(const std::vector<T>& all) {
    return all[Below(all.size())];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace slotlog
