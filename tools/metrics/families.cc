#include "tools/metrics/families.h"

#include <limits>
#include <utility>

namespace slotlog {

void MetricFamilyOf::Add(MetricLabels labels, double value) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  if (family_.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

void MetricFamilyOf::Add(MetricLabels labels, absl::Span<const double> bounds,
                         absl::Span<const uint64_t> counts, double sum) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  uint64_t so_far = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    const bool is_last = i == bounds.size();
    metric.histogram.bucket.push_back(
        {.cumulative_count = so_far,
         .upper_bound =
             is_last ? std::numeric_limits<double>::infinity() : bounds[i]});
  }
  metric.histogram.sample_count = so_far;
  metric.histogram.sample_sum = sum;
}

}  // namespace slotlog
