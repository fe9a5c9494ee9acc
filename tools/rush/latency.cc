#include "tools/rush/latency.h"

#include <algorithm>
#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/storage_adaptor.hpp>
#include <cmath>
#include <tuple>

namespace slotlog {
namespace {

constexpr double kShortestMs = 0.01;
constexpr double kLongestMs = 3'600'000;
/// ln(longest / shortest) is 19.7.
constexpr unsigned kBins = 1'970;

using Axis =
    boost::histogram::axis::regular<double,
                                    boost::histogram::axis::transform::log>;

}  // namespace

struct LatencyHistogram::Bins {
  boost::histogram::histogram<std::tuple<Axis>,
                              boost::histogram::dense_storage<uint64_t>>
      histogram{Axis(kBins, kShortestMs, kLongestMs)};
};

LatencyHistogram::LatencyHistogram() : bins_(std::make_unique<Bins>()) {}
LatencyHistogram::~LatencyHistogram() = default;

LatencyHistogram::LatencyHistogram(const LatencyHistogram& other)
    : count_(other.count_), bins_(std::make_unique<Bins>(*other.bins_)) {}

LatencyHistogram& LatencyHistogram::operator=(const LatencyHistogram& other) {
  count_ = other.count_;
  *bins_ = *other.bins_;
  return *this;
}

void LatencyHistogram::AddMilliseconds(double milliseconds) {
  ++count_;
  bins_->histogram(std::max(milliseconds, 0.0));
}

absl::Duration LatencyHistogram::Quantile(double share) const {
  if (count_ == 0) return absl::ZeroDuration();
  const auto rank =
      static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
  const auto& histogram = bins_->histogram;
  uint64_t so_far = 0;
  const int bins = histogram.axis().size();
  // -1 holds what is shorter than the first bin.
  for (int bin = -1; bin < bins; ++bin) {
    so_far += histogram.at(bin);
    if (so_far >= rank) {
      return absl::Milliseconds(histogram.axis().value(bin + 1));
    }
  }
  return absl::Milliseconds(kLongestMs);
}

void LatencyHistogram::Clear() {
  count_ = 0;
  bins_->histogram.reset();
}

}  // namespace slotlog
