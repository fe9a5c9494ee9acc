#include "tools/rush/popularity.h"

#include <cmath>

#include "events/invariant.h"

namespace slotlog {

Popularity::Popularity(uint32_t count, double exponent) : columns_(count) {
  INVARIANT(count > 0, "nothing to choose from");
  std::vector<double> weights(count);
  double sum = 0;
  for (uint32_t index = 0; index < count; ++index) {
    weights[index] = std::pow(index + 1, -exponent);
    sum += weights[index];
  }
  // A weight of 1 fills a column; what is small is filled up by what is large.
  std::vector<uint32_t> small;
  std::vector<uint32_t> large;
  for (uint32_t index = 0; index < count; ++index) {
    weights[index] *= count / sum;
    (weights[index] < 1 ? small : large).push_back(index);
  }
  while (!small.empty() && !large.empty()) {
    const uint32_t below = small.back();
    const uint32_t above = large.back();
    small.pop_back();
    columns_[below] = {
        static_cast<uint32_t>(weights[below] * static_cast<double>(UINT32_MAX)),
        above};
    weights[above] -= 1 - weights[below];
    if (weights[above] >= 1) continue;
    large.pop_back();
    small.push_back(above);
  }
  // What is left is 1 but for rounding.
  for (const auto* rest : {&small, &large}) {
    for (const uint32_t index : *rest) columns_[index] = {UINT32_MAX, index};
  }
}

uint32_t Popularity::Draw(uint64_t random_bits) const {
  // The high half chooses the column, the low half the part of it.
  const auto index =
      static_cast<uint32_t>((random_bits >> 32) * columns_.size() >> 32);
  const Column& column = columns_[index];
  return static_cast<uint32_t>(random_bits) < column.threshold ? index
                                                               : column.alias;
}

}  // namespace slotlog
