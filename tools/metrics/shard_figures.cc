#include "tools/metrics/shard_figures.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "tools/metrics/families.h"

namespace slotlog {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

/// What was decided, of all shards together but for the batches.
class DecidedFamilies {
 public:
  void Add(const std::string& shard, const ShardTotals& totals) {
    answers_.Add(totals.answers);
    batches_.Add({{"shard", shard}}, BatchFigures::kTookBounds,
                 totals.batches.counts(), totals.batches.seconds());
  }

  void Take(std::vector<MetricFamily>& all) {
    // Each from the beginning: a rate of what appears with its first count
    // misses that one.
    for (size_t outcome = 1; outcome < answers_.outcomes.size(); ++outcome) {
      confirmations_.Add(
          {{"outcome", std::string(NameOf(static_cast<v1::Outcome>(outcome)))}},
          static_cast<double>(answers_.outcomes[outcome]));
    }
    for (size_t reason = 1; reason < answers_.refusals.size(); ++reason) {
      if (!v1::Refusal_IsValid(static_cast<int>(reason))) continue;
      refusals_.Add({{"reason", NameOf(static_cast<v1::Refusal>(reason))}},
                    static_cast<double>(answers_.refusals[reason]));
    }
    latency_.Add({}, AnswerCounts::kWaitBounds, answers_.waits.counts(),
                 answers_.waits.seconds());
    for (MetricFamilyOf* family :
         {&confirmations_, &refusals_, &latency_, &batches_}) {
      all.push_back(family->Take());
    }
  }

 private:
  AnswerCounts answers_;
  MetricFamilyOf confirmations_{"slotlog_confirmations_total",
                                "Answers to commands and operations",
                                MetricType::Counter};
  MetricFamilyOf refusals_{"slotlog_refusals_total",
                           "Answers that refuse, by their reason",
                           MetricType::Counter};
  MetricFamilyOf latency_{"slotlog_confirmation_latency_seconds",
                          "From when it was asked until it was decided",
                          MetricType::Histogram};
  MetricFamilyOf batches_{"slotlog_batch_duration_seconds",
                          "From a batch's inputs at hand to its commit",
                          MetricType::Histogram};
};

/// Asked for its figures by whoever reads them: nothing is counted twice.
class ShardFigures final : public prometheus::Collectable {
 public:
  ShardFigures(const Worker& worker, const Log& log)
      : worker_(worker), log_(log) {}

  std::vector<MetricFamily> Collect() const override {
    MetricFamilyOf role("slotlog_shard_role",
                        "1 for what this worker is of the shard",
                        MetricType::Gauge);
    MetricFamilyOf epoch("slotlog_shard_epoch",
                         "The epoch in which it is owned", MetricType::Gauge);
    MetricFamilyOf events("slotlog_shard_events_total",
                          "Events folded, since the log began",
                          MetricType::Counter);
    MetricFamilyOf to_replay("slotlog_shard_events_to_replay",
                             "Events to fold again if it were killed now",
                             MetricType::Gauge);
    MetricFamilyOf next("slotlog_shard_next_offset",
                        "The next record of the topic to be decided",
                        MetricType::Gauge);
    MetricFamilyOf undecided("slotlog_shard_undecided_records",
                             "Records of the topic that wait to be decided",
                             MetricType::Gauge);
    MetricFamilyOf lag("slotlog_shard_lag_records",
                       "Records of events that a standby has not folded yet",
                       MetricType::Gauge);
    // One that does not is not asked again: whoever reads this waits.
    bool log_answers = true;
    const auto add_behind = [&](TopicPartition partition, Offset offset,
                                const MetricLabels& labels,
                                MetricFamilyOf& family) {
      if (!log_answers) return;
      const auto watermarks = log_.WatermarksOf(partition);
      log_answers = watermarks.ok();
      if (!log_answers) return;
      family.Add(labels,
                 static_cast<double>(watermarks->high.value - offset.value));
    };
    DecidedFamilies decided;
    for (const ShardProgress& shard : worker_.Progress()) {
      const std::string number = fmt::format("{}", shard.shard.value);
      decided.Add(number, worker_.TotalsOf(shard.shard));
      const MetricLabels labels = {{"shard", number}};
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
        const MetricLabels of_topic = {{"shard", number},
                                       {"topic", std::string(NameOf(topic))}};
        next.Add(of_topic, static_cast<double>(offset.value));
        // In what workers write themselves, markers of transactions stand.
        if (topic == Topic::kInternal) continue;
        add_behind({topic, shard.shard}, offset, of_topic, undecided);
      }
    }
    std::vector<MetricFamily> all;
    for (MetricFamilyOf* family :
         {&role, &epoch, &events, &to_replay, &next, &undecided, &lag}) {
      all.push_back(family->Take());
    }
    decided.Take(all);
    return all;
  }

 private:
  const Worker& worker_;
  const Log& log_;
};

}  // namespace

std::shared_ptr<prometheus::Collectable> FiguresOf(const Worker& worker,
                                                   const Log& log) {
  return std::make_shared<ShardFigures>(worker, log);
}

}  // namespace slotlog
