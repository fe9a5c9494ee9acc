// Metrics of one name, as Prometheus' library takes them: made anew from the
// figures of their owner each time somebody reads them.
//
// Values only.

#pragma once

#include <absl/types/span.h>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <vector>

namespace slotlog {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

class MetricFamilyOf {
 public:
  MetricFamilyOf(std::string name, std::string help,
                 prometheus::MetricType type)
      : family_{std::move(name), std::move(help), type, {}} {}

  /// REQUIRES: a counter or a gauge.
  void Add(MetricLabels labels, double value);
  /// `counts`: at or below each bound, and beyond the last; `sum` of all.
  /// REQUIRES: a histogram; one more of counts than of bounds.
  void Add(MetricLabels labels, absl::Span<const double> bounds,
           absl::Span<const uint64_t> counts, double sum);

  prometheus::MetricFamily Take() { return std::move(family_); }

 private:
  prometheus::MetricFamily family_;
};

}  // namespace slotlog
