#include "tests/simulation/damage.h"

#include <fmt/format.h>

#include <string>

#include "events/codec.h"
#include "events/partitioner.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/simulation/campaign_maker.h"
#include "tests/simulation/clock.h"

namespace slotlog {
namespace {

Shard AnyShard(const Log& log, Dice& dice) {
  return Shard{static_cast<uint32_t>(dice.Below(log.Shards().value))};
}

absl::Status WentOn(std::string_view over, Shard shard,
                    const absl::Status& outcome) {
  return absl::InternalError(fmt::format("shard {} went on over {}: {}",
                                         shard.value, over,
                                         std::string(outcome.ToString())));
}

/// A new campaign at home in this shard, which tells all others of it. Its id
/// begins with this one.
absl::Status DefineCampaignAt(Shard home, std::string id, MemoryLog& log,
                              Dice& dice) {
  while (ShardOf(id, log.Shards()) != home) id += "+";
  v1::Operation operation;
  operation.set_operation_id(id);
  v1::Campaign& campaign =
      *operation.mutable_define_campaign()->mutable_campaign();
  campaign =
      MakeCampaign(id, kMorning, /*campaigns=*/1, /*strict_percent=*/0, dice);
  campaign.clear_next();  // which may be none at all, and be refused
  const std::string bytes = Encode(operation);
  const NewRecord record{
      .to = {Topic::kOperations, home}, .key = id, .value = bytes};
  return log.Append({{record}}).status();
}

}  // namespace

absl::Status ExpectStopAtDoubledMessage(MemoryLog& log, Cluster& cluster,
                                        Dice& dice) {
  const TopicPartition internal{Topic::kInternal, AnyShard(log, dice)};
  auto consumer = log.OpenConsumer({{{internal, Offset{0}}}});
  if (!consumer.ok()) return consumer.status();
  auto batch = (*consumer)->Fetch(internal, 1, 1);
  if (!batch.ok() || batch->records.empty()) return batch.status();
  const std::string doubled(batch->records[0].value);
  const NewRecord again{.to = internal, .key = {}, .value = doubled};
  const auto appended = log.Append({{again}});
  if (!appended.ok()) return appended.status();
  const absl::Status outcome = cluster.StepAnew(internal.shard);
  if (absl::IsDataLoss(outcome)) return absl::OkStatus();
  return WentOn("a doubled message", internal.shard, outcome);
}

absl::Status ExpectStopAtTornTransaction(MemoryLog& log, Cluster& cluster,
                                         Dice& dice) {
  const Shard source = AnyShard(log, dice);
  const Shard other = AnyShard(log, dice);
  const TopicPartition torn{source == other ? Topic::kEvents : Topic::kInternal,
                            other};
  log.FailNextCommit(ProducerOf(source), MemoryLog::CommitFault::kTorn, {torn});
  // The gap shows with what comes after it.
  for (const char* id : {"torn", "next"}) {
    const absl::Status defined = DefineCampaignAt(source, id, log, dice);
    if (!defined.ok()) return defined;
    cluster.Step(source);
  }
  const absl::Status outcome = cluster.StepAnew(other);
  if (absl::IsDataLoss(outcome)) return absl::OkStatus();
  return WentOn("a torn transaction", other, outcome);
}

}  // namespace slotlog
