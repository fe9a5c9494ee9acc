// Which site comes to people's minds: site k of n in proportion to
// 1 / k^exponent (Zipf), drawn in constant time by Vose's alias method. The
// same draw gives the same site on every machine with IEEE numbers.
// Immutable; thread-safe.

#pragma once

#include <cstdint>
#include <vector>

namespace slotlog {

class Popularity {
 public:
  /// REQUIRES: count > 0.
  Popularity(uint32_t count, double exponent);

  /// From 64 random bits, the index of one: 0 is the most popular.
  uint32_t Draw(uint64_t random_bits) const;

 private:
  struct Column {
    /// Below it the column's own index is drawn, else its alias.
    uint32_t threshold;
    uint32_t alias;
  };
  std::vector<Column> columns_;
};

}  // namespace slotlog
