#include "tools/metrics/reading_figures.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "tools/metrics/families.h"

namespace slotlog {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class ReadingFigures final : public prometheus::Collectable {
 public:
  explicit ReadingFigures(ReadModels& models) : models_(models) {}

  std::vector<MetricFamily> Collect() const override {
    MetricFamilyOf delay("slotlog_projection_delay_seconds",
                         "From when the last batch was decided until it was "
                         "folded",
                         MetricType::Gauge);
    MetricFamilyOf ready("slotlog_projection_ready",
                         "1: every read model can be read", MetricType::Gauge);
    MetricFamilyOf undecided("slotlog_line_undecided_commands",
                             "Commands that wait, as readers see it",
                             MetricType::Gauge);
    MetricFamilyOf left("slotlog_seats_left", "Of all sites",
                        MetricType::Gauge);
    MetricFamilyOf capacity("slotlog_seats_capacity", "Of all sites",
                            MetricType::Gauge);
    Feed& feed = models_.feed();
    ready.Add({}, feed.IsReady() ? 1 : 0);
    for (const ShardLine& line : models_.line().Now().shards) {
      const MetricLabels labels = {
          {"shard", fmt::format("{}", line.shard.value)}};
      delay.Add(labels,
                absl::ToDoubleSeconds(feed.ProgressOf(line.shard).delay));
      undecided.Add(labels, static_cast<double>(line.undecided));
    }
    if (const auto availability = models_.availability().Get()) {
      const Stock stock = availability->StockLeft();
      left.Add({}, static_cast<double>(stock.seats_left));
      capacity.Add({}, static_cast<double>(stock.capacity));
    }
    std::vector<MetricFamily> all;
    for (MetricFamilyOf* family :
         {&delay, &ready, &undecided, &left, &capacity}) {
      all.push_back(family->Take());
    }
    return all;
  }

 private:
  ReadModels& models_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> FiguresOf(ReadModels& models) {
  return std::make_shared<ReadingFigures>(models);
}

}  // namespace slotlog
