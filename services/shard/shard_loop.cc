#include "services/shard/shard_loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "events/codec.h"
#include "events/trace_parent.h"
#include "services/logging/log_fields.h"
#include "services/reservation/agenda.h"
#include "services/reservation/limits.h"
#include "services/shard/wanted_rows.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;
using google::protobuf::ArenaOptions;

constexpr size_t kArenaBlockBytes = 4 * 1024 * 1024;
/// Between two looks at where `events` end.
constexpr absl::Duration kEndInterval = absl::Seconds(1);
/// Between two ticks.
constexpr absl::Duration kTickInterval = absl::Seconds(1);

ArenaOptions OptionsOn(char* block) {
  ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kArenaBlockBytes;
  options.max_block_size = 1024 * 1024;
  return options;
}

std::string ProducerId(Shard shard) {
  return fmt::format("slotlog-{}", shard.value);
}

/// Each answer that is part of a trace, for who follows one.
void LogTraced(const Batch& batch) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  for (const NewRecord& record : batch.records()) {
    if (record.traceparent.empty()) continue;
    const LogFields fields({{"trace_id", TraceIdIn(record.traceparent)},
                            {"topic", NameOf(record.to.topic)},
                            {"shard", record.to.shard.value}});
    spdlog::debug("decided");
  }
}

}  // namespace

ShardLoop::ShardLoop(Log& log, Shard shard, ShardOptions options)
    : log_(log),
      shard_(shard),
      events_{Topic::kEvents, shard},
      options_(std::move(options)),
      arena_block_(std::make_unique_for_overwrite<char[]>(kArenaBlockBytes)),
      arena_(OptionsOn(arena_block_.get())) {}

absl::Status ShardLoop::Prepare(Log& log, Shard shard) {
  return Annotate(log.PrepareProducer(ProducerId(shard)),
                  "making its producer ready", shard);
}

absl::StatusOr<std::unique_ptr<ShardLoop>> ShardLoop::Recover(
    Log& log, Shard shard, const StoreFactory& stores, ShardOptions options) {
  std::unique_ptr<Replica> none;
  return Recover(log, shard, stores, std::move(options), none, {});
}

/// In the order that exactly-once needs.
absl::StatusOr<std::unique_ptr<ShardLoop>> ShardLoop::Recover(
    Log& log, Shard shard, const StoreFactory& stores, ShardOptions options,
    std::unique_ptr<Replica>& replica, std::stop_token stop) {
  std::unique_ptr<ShardLoop> loop(new ShardLoop(log, shard, options));
  auto producer = log.OpenProducer(ProducerId(shard), std::move(stop));
  if (!producer.ok()) {
    return Annotate(producer.status(), "opening its producer", shard);
  }
  loop->producer_ = *std::move(producer);
  auto watermarks = log.WatermarksOf(loop->events_);
  if (!watermarks.ok()) {
    return Annotate(watermarks.status(), "asking for the end of events", shard);
  }
  if (replica == nullptr) {
    auto opened = Replica::Open(log, shard, stores, std::move(options));
    if (!opened.ok()) {
      return Annotate(opened.status(), "recovering its state", shard);
    }
    replica = *std::move(opened);
  }
  if (auto folded = replica->FoldUpTo(watermarks->high); !folded.ok()) {
    return Annotate(folded, "recovering its state", shard);
  }
  const Head& head = replica->state().head();
  auto inputs = InputReader::Open(log, head);
  if (!inputs.ok()) {
    return Annotate(inputs.status(), "reading on where its state stands",
                    shard);
  }
  loop->inputs_ = *std::move(inputs);
  loop->epoch_ = head.epoch + 1;
  loop->replica_ = std::move(replica);
  return loop;
}

ShardCounts ShardLoop::counts() const {
  ShardCounts counts = counts_;
  counts.checkpoints = replica_->checkpoints();
  counts.events_replayed = replica_->events_replayed();
  return counts;
}

// --- The loop ---

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::Step() {
  absl::StatusOr<StepOutcome> outcome = StepOutcome::kIdle;
  try {
    outcome = DecideBatch();
  } catch (const UnreadableRow&) {
    outcome = replica_->CheckStore();  // the batch is dropped
  }
  if (!absl::IsDataLoss(replica_->CheckStore())) return outcome;
  if (auto begun = replica_->Discard(); !begun.ok()) return begun;
  return StepOutcome::kLost;
}

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::DecideBatch() {
  if (auto due = replica_->CheckpointIfDue(); !due.ok()) return due;
  arena_.Reset();
  CachedState& state = replica_->state();
  auto inputs = inputs_->Gather(state.head(), arena_);
  if (!inputs.ok()) return inputs.status();
  if (inputs->empty() && !IsDue(state.head())) return TickIfDue();

  const absl::Time began = options_.clock();
  for (const Input& input : *inputs) WantRows(input, state);
  WantDueRows(kAgendaStepsMax, state);
  state.LoadWanted();
  if (const auto& damage = replica_->CheckStore(); !damage.ok()) return damage;

  Batch batch(state, epoch_, DecisionTime(), arena_);
  size_t decided = 0;
  while (decided < inputs->size() && !batch.IsFull()) {
    batch.Decide((*inputs)[decided++]);
  }
  batch.DecideAgenda(kAgendaStepsMax);
  batch.Finish();
  if (const auto& damage = replica_->CheckStore(); !damage.ok()) return damage;
  auto outcome = Commit(batch, absl::MakeSpan(*inputs).first(decided));
  last_batch_ = {.answers = batch.answers(), .took = options_.clock() - began};
  return outcome;
}

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::Commit(
    Batch& batch, absl::Span<const Input> decided) {
  if (auto asked = AskForEndOfEvents(); !asked.ok()) return asked;
  auto outcome = producer_->Commit(batch.records());
  if (!outcome.ok()) {
    refusal_ = Annotate(outcome.status(), "committing a batch", shard_);
    return StepOutcome::kRefused;
  }
  switch (*outcome) {
    case CommitOutcome::kDone:
      break;
    case CommitOutcome::kNotDone:
      refusal_ = absl::AbortedError("the log refused a transaction");
      return StepOutcome::kRefused;
    case CommitOutcome::kUnknown:
    case CommitOutcome::kFenced:
      return StepOutcome::kLost;
  }
  replica_->Add(batch, end_of_events_);
  inputs_->Advance(decided);
  LogTraced(batch);
  ++counts_.batches;
  counts_.inputs += decided.size();
  counts_.events += batch.events().events_size();
  return StepOutcome::kDecided;
}

/// Now and then: it costs a question to the log's server, and who reads on from
/// an earlier end only skips some records.
absl::Status ShardLoop::AskForEndOfEvents() {
  const absl::Time now = options_.clock();
  if (now < ask_for_end_at_) return absl::OkStatus();
  auto watermarks = log_.WatermarksOf(events_);
  if (!watermarks.ok()) return watermarks.status();
  end_of_events_ = watermarks->high;
  ask_for_end_at_ = now + kEndInterval;
  return absl::OkStatus();
}

/// Only the log's stamp moves the line's time: where nobody asks for anything,
/// the shard asks for the time itself.
absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::TickIfDue() {
  const absl::Time due = NextDue(state().head().agenda);
  const absl::Time now = options_.clock();
  if (now < std::max(due, tick_at_ + kTickInterval)) return StepOutcome::kIdle;
  v1::Command tick;
  tick.mutable_tick();
  const std::string bytes = Encode(tick);
  const NewRecord record{
      .to = {Topic::kCommands, shard_}, .key = {}, .value = bytes};
  tick_at_ = now;
  if (auto written = log_.Append({&record, 1}); !written.ok()) {
    refusal_ = Annotate(written.status(), "asking for the time", shard_);
    return StepOutcome::kRefused;
  }
  return StepOutcome::kIdle;
}

/// Never going back, and never before any stamp seen.
absl::Time ShardLoop::DecisionTime() const {
  return std::max(
      {options_.clock(), state().head().decided_at, inputs_->LatestStamp()});
}

}  // namespace slotlog
