// How long things took: a histogram from 10 microseconds to an hour whose bins
// are one hundredth wide, so that a quantile is right to a hundredth. What is
// shorter or longer counts at the ends. One thread.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>

namespace slotlog {

class LatencyHistogram {
 public:
  LatencyHistogram();
  LatencyHistogram(const LatencyHistogram& other);
  LatencyHistogram& operator=(const LatencyHistogram& other);
  ~LatencyHistogram();

  void AddMilliseconds(double milliseconds);
  uint64_t Count() const { return count_; }
  /// So long or shorter took this share of all: 0.99 is the p99. Zero while
  /// nothing was added.
  absl::Duration Quantile(double share) const;
  void Clear();

 private:
  /// A boost::histogram, whose headers take long to compile.
  struct Bins;

  uint64_t count_ = 0;
  std::unique_ptr<Bins> bins_;
};

}  // namespace slotlog
