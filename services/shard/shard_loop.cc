#include "services/shard/shard_loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

#include "events/codec.h"
#include "services/reservation/agenda.h"
#include "services/reservation/fold.h"
#include "services/reservation/limits.h"
#include "services/shard/wanted_rows.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;
using google::protobuf::ArenaOptions;

constexpr size_t kArenaBlockBytes = 4 * 1024 * 1024;
constexpr size_t kReplayRecordsMax = 256;
constexpr size_t kReplayBytesMax = 16 * 1024 * 1024;
constexpr absl::Duration kReplayPatience = absl::Seconds(30);
/// Between two ticks.
constexpr absl::Duration kTickInterval = absl::Seconds(1);
constexpr absl::Duration kReplayWait = absl::Milliseconds(50);

/// How a shard's memory is shared out, in percent: rows that changed since the
/// last checkpoint, those that it wrote, clean copies.
constexpr size_t kLivePercent = 40;
constexpr size_t kSealedPercent = 40;
constexpr size_t kLoadedPercent = 20;
static_assert(kLivePercent + kSealedPercent + kLoadedPercent == 100);
static_assert(kLivePercent == kSealedPercent, "one becomes the other");

ArenaOptions OptionsOn(char* block) {
  ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kArenaBlockBytes;
  options.max_block_size = 1024 * 1024;
  return options;
}

/// Adds what was being done to an error of the world.
absl::Status Annotate(const absl::Status& status, std::string_view doing,
                      Shard shard) {
  if (status.ok()) return status;
  const absl::string_view text = status.message();
  return absl::Status(status.code(),
                      fmt::format("shard {}: {}: {}", shard.value, doing,
                                  std::string_view(text.data(), text.size())));
}

}  // namespace

ShardLoop::ShardLoop(Log& log, Shard shard, const StoreFactory& stores,
                     ShardOptions options)
    : log_(log),
      shard_(shard),
      events_{Topic::kEvents, shard},
      stores_(stores),
      options_(std::move(options)),
      arena_block_(std::make_unique_for_overwrite<char[]>(kArenaBlockBytes)),
      arena_(OptionsOn(arena_block_.get())) {}

ShardLoop::~ShardLoop() {
  if (is_checkpoint_pending_) checkpoint_->Await().IgnoreError();
}

// --- Recovery, in the order that exactly-once needs ---

absl::StatusOr<std::unique_ptr<ShardLoop>> ShardLoop::Recover(
    Log& log, Shard shard, const StoreFactory& stores, ShardOptions options) {
  std::unique_ptr<ShardLoop> loop(
      new ShardLoop(log, shard, stores, std::move(options)));
  auto producer = log.OpenProducer(fmt::format("slotlog-{}", shard.value));
  if (!producer.ok()) {
    return Annotate(producer.status(), "opening its producer", shard);
  }
  loop->producer_ = *std::move(producer);
  auto watermarks = log.WatermarksOf(loop->events_);
  if (!watermarks.ok()) {
    return Annotate(watermarks.status(), "asking for the end of events", shard);
  }
  absl::Status status = loop->OpenState();
  if (status.ok()) status = loop->Replay(watermarks->high);
  if (absl::IsDataLoss(loop->store_damage_)) {
    status = loop->DiscardStore(loop->store_damage_);
    if (status.ok()) status = loop->OpenNewState();
    if (status.ok()) status = loop->Replay(watermarks->high);
  }
  if (!status.ok()) return Annotate(status, "recovering its state", shard);

  const Head& head = loop->state_->head();
  auto inputs = InputReader::Open(log, head);
  if (!inputs.ok()) {
    return Annotate(inputs.status(), "reading on where its state stands",
                    shard);
  }
  loop->inputs_ = *std::move(inputs);
  loop->epoch_ = head.epoch + 1;
  return loop;
}

absl::Status ShardLoop::OpenState() {
  auto store = stores_.open(shard_);
  std::optional<CheckpointPosition> position;
  if (store.ok()) {
    auto usable = ReadUsablePosition(**store);
    if (!usable.ok()) return usable.status();
    position = *std::move(usable);
  } else if (!absl::IsDataLoss(store.status()) &&
             !absl::IsFailedPrecondition(store.status())) {
    return store.status();  // not its content is at fault
  }
  if (store.ok() && position.has_value()) {
    StartFrom(*std::move(store), std::move(position->head),
              position->last_batch_offset);
    return absl::OkStatus();
  }
  // Everything in it can be folded again.
  store = absl::UnavailableError("closed");
  if (auto gone = stores_.destroy(shard_); !gone.ok()) return gone;
  return OpenNewState();
}

absl::Status ShardLoop::OpenNewState() {
  auto store = stores_.open(shard_);
  if (!store.ok()) return store.status();
  StartFrom(*std::move(store), Head::Of(shard_, log_.Shards()), Offset{-1});
  return absl::OkStatus();
}

/// The loop is of no use afterwards, unless it opens a new state.
absl::Status ShardLoop::DiscardStore(const absl::Status& why) {
  spdlog::warn("shard {}: its store is folded again: {}", shard_.value,
               std::string(why.message()));
  if (is_checkpoint_pending_) checkpoint_->Await().IgnoreError();
  is_checkpoint_pending_ = false;
  store_damage_ = absl::OkStatus();
  state_.reset();
  loader_.reset();
  store_.reset();
  return stores_.destroy(shard_);
}

/// None: the store is new, or its state is not a part of this log's history.
absl::StatusOr<std::optional<CheckpointPosition>> ShardLoop::ReadUsablePosition(
    Store& store) const {
  const auto unusable = [&](std::string_view why) {
    spdlog::warn("shard {}: its store is folded again: {}", shard_.value, why);
    return std::nullopt;
  };
  auto bytes = store.ReadPosition();
  if (!bytes.ok()) {
    return unusable(std::string(bytes.status().message()));
  }
  if (!bytes->has_value()) return std::nullopt;
  auto position = DecodePosition(**bytes);
  if (!position.ok()) {
    return unusable(std::string(position.status().message()));
  }
  if (position->log_id != log_.Id()) return unusable("it is another log's");
  if (position->head.shard != shard_ ||
      position->head.shards != log_.Shards()) {
    return unusable("it is another shard's");
  }
  auto consumer = log_.OpenConsumer({{{events_, position->last_batch_offset}}});
  if (absl::IsOutOfRange(consumer.status())) {
    return unusable("it is ahead of the log, which lost its tail");
  }
  if (!consumer.ok()) return consumer.status();
  auto last = (*consumer)->Fetch(events_, 1, 1);
  if (!last.ok()) return last.status();
  if (last->records.empty() ||
      DigestOfBatch(last->records[0].value) != position->head.digest) {
    return unusable("the log holds another history at its position");
  }
  return *std::move(position);
}

void ShardLoop::StartFrom(std::unique_ptr<Store> store, Head head,
                          Offset last_batch_offset) {
  sequence_at_checkpoint_ = head.sequence.value;
  batch_at_checkpoint_ = head.batch_number;
  last_batch_offset_ = last_batch_offset;
  store_ = std::move(store);
  loader_ = std::make_unique<RowLoader>(*store_);
  state_ = std::make_unique<CachedState>(std::move(head), *loader_);
  checkpoint_at_ = options_.clock();
}

/// Bounded by the high watermark and never by the last stable offset: events of
/// a transaction that is committed may stand behind it for a moment, and
/// whoever stops before them loses bookings.
absl::Status ShardLoop::Replay(Offset high_watermark) {
  Offset from = last_batch_offset_;
  if (from < Offset{0}) {
    auto watermarks = log_.WatermarksOf(events_);
    if (!watermarks.ok()) return watermarks.status();
    from = watermarks->low;
  }
  auto consumer = log_.OpenConsumer({{{events_, from}}});
  if (!consumer.ok()) return consumer.status();

  absl::Time progress_at = options_.clock();
  while ((*consumer)->Position(events_) < high_watermark) {
    auto batch =
        (*consumer)->Fetch(events_, kReplayRecordsMax, kReplayBytesMax);
    if (!batch.ok()) return batch.status();
    for (const Record& record : batch->records) {
      if (auto folded = FoldRecord(record); !folded.ok()) return folded;
    }
    if (auto due = CheckpointIfDue(); !due.ok()) return due;
    if (!batch->records.empty()) {
      progress_at = options_.clock();
    } else if (options_.clock() - progress_at > kReplayPatience) {
      return absl::DeadlineExceededError(fmt::format(
          "events/{} gives nothing between offset {} and its high watermark "
          "{}: is a transaction of another producer open there?",
          shard_.value, (*consumer)->Position(events_).value,
          high_watermark.value));
    } else if ((*consumer)->Position(events_) < high_watermark) {
      (*consumer)->AwaitRecords(kReplayWait);
    }
  }
  return absl::OkStatus();
}

absl::Status ShardLoop::FoldRecord(const Record& record) {
  arena_.Reset();
  auto* batch = Arena::CreateMessage<v1::EventBatch>(&arena_);
  const v1::Undecodable reason = Decode(record.value, kRecordBytesMax, *batch);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    return absl::DataLossError(
        fmt::format("events/{} offset {}: the record is no event batch ({})",
                    shard_.value, record.offset.value, NameOf(reason)));
  }
  if (batch->number() <= state_->head().batch_number) {
    return absl::OkStatus();  // the one that the checkpoint stands at
  }
  if (auto torn = CheckContinues(state_->head(), *batch); !torn.ok()) {
    return torn;
  }
  Fold(*batch, DigestOfBatch(record.value), *state_);
  last_batch_offset_ = record.offset;
  counts_.events_replayed += batch->events_size();
  store_damage_ = loader_->status();
  return store_damage_;
}

// --- The loop ---

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::Step() {
  auto outcome = DecideBatch();
  if (!absl::IsDataLoss(store_damage_)) return outcome;
  if (auto gone = DiscardStore(store_damage_); !gone.ok()) return gone;
  return StepOutcome::kLost;
}

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::DecideBatch() {
  if (auto due = CheckpointIfDue(); !due.ok()) return due;
  arena_.Reset();
  auto inputs = inputs_->Gather(state_->head(), arena_);
  if (!inputs.ok()) return inputs.status();
  if (inputs->empty() && !IsDue(state_->head())) return TickIfDue();

  for (const Input& input : *inputs) WantRows(input, *state_);
  WantDueRows(kAgendaStepsMax, *state_);
  state_->LoadWanted();
  store_damage_ = loader_->status();
  if (!store_damage_.ok()) return store_damage_;

  Batch batch(*state_, epoch_, DecisionTime(), arena_);
  size_t decided = 0;
  while (decided < inputs->size() && !batch.IsFull()) {
    batch.Decide((*inputs)[decided++]);
  }
  batch.DecideAgenda(kAgendaStepsMax);
  batch.Finish();
  store_damage_ = loader_->status();
  if (!store_damage_.ok()) return store_damage_;
  return Commit(batch, absl::MakeSpan(*inputs).first(decided));
}

absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::Commit(
    Batch& batch, absl::Span<const Input> decided) {
  auto before = log_.WatermarksOf(events_);
  if (!before.ok()) return before.status();
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
  batch.MoveInto(*state_);
  inputs_->Advance(decided);
  last_batch_offset_ = before->high;
  ++counts_.batches;
  counts_.inputs += decided.size();
  counts_.events += batch.events().events_size();
  return StepOutcome::kDecided;
}

/// Only the log's stamp moves the line's time: where nobody asks for anything,
/// the shard asks for the time itself.
absl::StatusOr<ShardLoop::StepOutcome> ShardLoop::TickIfDue() {
  const absl::Time due = NextDue(state_->head().agenda);
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
      {options_.clock(), state_->head().decided_at, inputs_->LatestStamp()});
}

// --- Checkpoints ---

absl::Status ShardLoop::CheckpointIfDue() {
  const size_t live_bytes_max = options_.memory_bytes * kLivePercent / 100;
  state_->TrimLoaded(options_.memory_bytes * kLoadedPercent / 100);
  const size_t live_bytes = state_->LiveBytes();
  if (is_checkpoint_pending_) {
    if (!checkpoint_->IsDone() && live_bytes < live_bytes_max) {
      return absl::OkStatus();
    }
    if (auto ended = EndCheckpoint(); !ended.ok()) return ended;
  }
  const Head& head = state_->head();
  if (head.batch_number == batch_at_checkpoint_) return absl::OkStatus();
  const bool is_due =
      live_bytes >= live_bytes_max ||
      head.sequence.value - sequence_at_checkpoint_ >=
          options_.checkpoint_events_max ||
      options_.clock() - checkpoint_at_ >= options_.checkpoint_interval;
  return is_due ? BeginCheckpoint() : absl::OkStatus();
}

absl::Status ShardLoop::BeginCheckpoint() {
  const Head& head = state_->head();
  sequence_at_checkpoint_ = head.sequence.value;
  batch_at_checkpoint_ = head.batch_number;
  checkpoint_at_ = options_.clock();
  checkpoint_ =
      Checkpoint::Begin(state_->Seal(),
                        {.log_id = log_.Id(),
                         .last_batch_offset = last_batch_offset_,
                         .head = head},
                        *store_, options_.executor, std::move(checkpoint_));
  is_checkpoint_pending_ = true;
  return absl::OkStatus();
}

absl::Status ShardLoop::EndCheckpoint() {
  absl::Status written = checkpoint_->Await();
  is_checkpoint_pending_ = false;
  if (!written.ok()) {
    store_damage_ = Annotate(written, "writing a checkpoint", shard_);
    return store_damage_;
  }
  ++counts_.checkpoints;
  return absl::OkStatus();
}

absl::Status ShardLoop::Close() {
  absl::Status closed;
  if (is_checkpoint_pending_) closed = EndCheckpoint();
  if (closed.ok() && state_->head().batch_number != batch_at_checkpoint_) {
    closed = BeginCheckpoint();
    if (closed.ok()) closed = EndCheckpoint();
  }
  return absl::IsDataLoss(store_damage_) ? DiscardStore(store_damage_) : closed;
}

}  // namespace slotlog
