#include "tools/worker/metrics.h"

#include <fmt/format.h>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace slotlog {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Labels = std::vector<ClientMetric::Label>;

/// Whoever connects and says nothing holds a thread until the time is up.
constexpr char kThreads[] = "4";
constexpr char kRequestTimeoutMs[] = "2000";

class Family {
 public:
  Family(std::string name, std::string help, MetricType type)
      : family_{std::move(name), std::move(help), type, {}} {}

  void Add(Labels labels, double value) {
    ClientMetric& metric = family_.metric.emplace_back();
    metric.label = std::move(labels);
    if (family_.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
  }
  MetricFamily Take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

/// Asked for its figures by whoever reads them: nothing is counted twice.
class ShardFigures final : public prometheus::Collectable {
 public:
  ShardFigures(const Worker& worker, const Log& log)
      : worker_(worker), log_(log) {}

  std::vector<MetricFamily> Collect() const override {
    Family role("slotlog_shard_role", "1 for what this worker is of the shard",
                MetricType::Gauge);
    Family epoch("slotlog_shard_epoch", "The epoch in which it is owned",
                 MetricType::Gauge);
    Family events("slotlog_shard_events_total",
                  "Events folded, since the log began", MetricType::Counter);
    Family to_replay("slotlog_shard_events_to_replay",
                     "Events to fold again if it were killed now",
                     MetricType::Gauge);
    Family next("slotlog_shard_next_offset",
                "The next record of the topic to be decided",
                MetricType::Gauge);
    Family undecided("slotlog_shard_undecided_records",
                     "Records of the topic that wait to be decided",
                     MetricType::Gauge);
    Family lag("slotlog_shard_lag_records",
               "Records of events that a standby has not folded yet",
               MetricType::Gauge);
    // One that does not is not asked again: whoever reads this waits.
    bool log_answers = true;
    const auto add_behind = [&](TopicPartition partition, Offset offset,
                                const Labels& labels, Family& family) {
      if (!log_answers) return;
      const auto watermarks = log_.WatermarksOf(partition);
      log_answers = watermarks.ok();
      if (!log_answers) return;
      family.Add(labels,
                 static_cast<double>(watermarks->high.value - offset.value));
    };
    for (const ShardProgress& shard : worker_.Progress()) {
      const std::string number = fmt::format("{}", shard.shard.value);
      const Labels labels = {{"shard", number}};
      for (const auto& [name, is] : {std::pair("owner", Role::kOwner),
                                     std::pair("standby", Role::kStandby)}) {
        role.Add({{"shard", number}, {"role", name}}, shard.role == is ? 1 : 0);
      }
      if (shard.role == Role::kNone) continue;
      events.Add(labels, static_cast<double>(shard.sequence.value));
      to_replay.Add(labels, static_cast<double>(shard.events_to_replay));
      if (shard.role == Role::kStandby) {
        if (shard.next_event.has_value()) {
          add_behind({Topic::kEvents, shard.shard}, *shard.next_event, labels,
                     lag);
        }
        continue;
      }
      epoch.Add(labels, static_cast<double>(shard.epoch.value));
      for (const auto& [topic, offset] :
           {std::pair(Topic::kCommands, shard.next_command),
            std::pair(Topic::kOperations, shard.next_operation),
            std::pair(Topic::kInternal, shard.next_message)}) {
        const Labels of_topic = {{"shard", number},
                                 {"topic", std::string(NameOf(topic))}};
        next.Add(of_topic, static_cast<double>(offset.value));
        // In what workers write themselves, markers of transactions stand.
        if (topic == Topic::kInternal) continue;
        add_behind({topic, shard.shard}, offset, of_topic, undecided);
      }
    }
    std::vector<MetricFamily> all;
    for (Family* family :
         {&role, &epoch, &events, &to_replay, &next, &undecided, &lag}) {
      all.push_back(family->Take());
    }
    return all;
  }

 private:
  const Worker& worker_;
  const Log& log_;
};

}  // namespace

struct WorkerMetrics::Parts {
  std::shared_ptr<ShardFigures> figures;
  prometheus::Exposer exposer;
};

WorkerMetrics::WorkerMetrics(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}
WorkerMetrics::~WorkerMetrics() = default;

absl::StatusOr<std::unique_ptr<WorkerMetrics>> WorkerMetrics::Serve(
    const std::string& address, const Worker& worker, const Log& log) {
  try {
    std::unique_ptr<Parts> parts(
        new Parts{std::make_shared<ShardFigures>(worker, log),
                  prometheus::Exposer(std::vector<std::string>{
                      "listening_ports", address, "num_threads", kThreads,
                      "request_timeout_ms", kRequestTimeoutMs})});
    parts->exposer.RegisterCollectable(parts->figures);
    return std::unique_ptr<WorkerMetrics>(new WorkerMetrics(std::move(parts)));
  } catch (const std::exception&) {  // it names no cause
    return absl::UnavailableError(fmt::format(
        "cannot serve metrics at {}: its port is taken, or its host is no "
        "address of this machine, in digits as 127.0.0.1",
        address));
  }
}

}  // namespace slotlog
