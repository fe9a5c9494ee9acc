#include "services/shard/replica.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "events/codec.h"
#include "services/reservation/fold.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

constexpr size_t kReplayRecordsMax = 256;
constexpr size_t kReplayBytesMax = 16 * 1024 * 1024;
constexpr absl::Duration kReplayPatience = absl::Seconds(30);
constexpr absl::Duration kReplayWait = absl::Milliseconds(50);

/// How a shard's memory is shared out, in percent: rows that changed since the
/// last checkpoint, those that it wrote, clean copies.
constexpr size_t kLivePercent = 40;
constexpr size_t kSealedPercent = 40;
constexpr size_t kLoadedPercent = 20;
static_assert(kLivePercent + kSealedPercent + kLoadedPercent == 100);
static_assert(kLivePercent == kSealedPercent, "one becomes the other");

/// The store, snapshots of it, and then the first event: a disk on which not
/// even that works is given up.
constexpr int kDiscardsMax = 5;

}  // namespace

absl::Status Annotate(const absl::Status& status, std::string_view doing,
                      Shard shard) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      fmt::format("shard {}: {}: {}", shard.value, doing,
                                  std::string(status.message())));
}

Replica::Replica(Log& log, Shard shard, const StoreFactory& stores,
                 ShardOptions options)
    : log_(log),
      shard_(shard),
      events_{Topic::kEvents, shard},
      stores_(stores),
      options_(std::move(options)) {}

Replica::~Replica() {
  if (is_checkpoint_pending_) checkpoint_->Await().IgnoreError();
}

// --- Where it begins ---

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(
    Log& log, Shard shard, const StoreFactory& stores, ShardOptions options) {
  std::unique_ptr<Replica> replica(
      new Replica(log, shard, stores, std::move(options)));
  if (auto opened = replica->OpenState(); !opened.ok()) return opened;
  return replica;
}

absl::Status Replica::OpenState() {
  while (true) {
    auto store = stores_.open(shard_);
    if (store.ok()) {
      if (auto position = ReadUsablePosition(**store)) {
        StartFrom(*std::move(store), std::move(position->head),
                  position->last_batch_offset);
        return absl::OkStatus();
      }
    } else if (!absl::IsDataLoss(store.status()) &&
               !absl::IsFailedPrecondition(store.status())) {
      return store.status();  // not its content is at fault
    }
    // Everything in it can be folded again.
    store = absl::UnavailableError("closed");
    if (auto gone = stores_.destroy(shard_); !gone.ok()) return gone;
    if (!RestoreSnapshot()) break;
  }
  auto store = stores_.open(shard_);
  if (!store.ok()) return store.status();
  StartFrom(*std::move(store), Head::Of(shard_, log_.Shards()), Offset{-1});
  return absl::OkStatus();
}

/// One that was not tried before. False: there is none.
bool Replica::RestoreSnapshot() {
  auto restored = stores_.restore(shard_, snapshot_);
  if (!restored.ok()) {
    spdlog::warn("shard {}: it is folded from its first event: {}",
                 shard_.value, std::string(restored.status().message()));
    return false;
  }
  if (!restored->has_value()) return false;
  snapshot_ = *std::move(restored);
  return true;
}

absl::Status Replica::Discard() {
  spdlog::warn("shard {}: its store is folded again: {}", shard_.value,
               std::string(damage_.message()));
  if (is_checkpoint_pending_) checkpoint_->Await().IgnoreError();
  is_checkpoint_pending_ = false;
  events_reader_.reset();
  state_.reset();
  loader_.reset();
  store_.reset();
  if (auto gone = stores_.destroy(shard_); !gone.ok()) return gone;
  return OpenState();
}

/// None: the store is new, or its state is no part of this log's history.
std::optional<CheckpointPosition> Replica::ReadUsablePosition(
    Store& store) const {
  const auto unusable = [&](std::string_view why) {
    spdlog::warn("shard {}: its store is folded again: {}", shard_.value, why);
    return std::nullopt;
  };
  auto bytes = store.ReadPosition();
  if (!bytes.ok()) return unusable(std::string(bytes.status().message()));
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
  return *std::move(position);
}

void Replica::StartFrom(std::unique_ptr<Store> store, Head head,
                        Offset last_batch_offset) {
  sequence_at_checkpoint_ = head.sequence;
  batch_at_checkpoint_ = head.batch_number;
  last_batch_offset_ = last_batch_offset;
  store_ = std::move(store);
  loader_ = std::make_unique<RowLoader>(*store_);
  state_ = std::make_unique<CachedState>(std::move(head), *loader_);
  checkpoint_at_ = options_.clock();
  damage_ = absl::OkStatus();
}

// --- What it folds ---

absl::Status Replica::FoldUpTo(Offset end) {
  absl::Status folded = Replay(end);
  for (int i = 0; i < kDiscardsMax && absl::IsDataLoss(damage_); ++i) {
    if (auto begun = Discard(); !begun.ok()) return begun;
    folded = Replay(end);
  }
  events_reader_.reset();
  return folded;
}

absl::StatusOr<bool> Replica::FoldSome() {
  auto folded = FoldReadable();
  if (absl::IsDataLoss(damage_)) {
    if (auto begun = Discard(); !begun.ok()) return begun;
    return true;
  }
  if (!folded.ok()) return folded;
  if (auto due = CheckpointIfDue(); !due.ok()) return due;
  return folded;
}

void Replica::AwaitEvents(absl::Duration timeout) {
  if (events_reader_ != nullptr) events_reader_->AwaitRecords(timeout);
}

std::optional<Offset> Replica::next_event() const {
  if (events_reader_ == nullptr) return std::nullopt;
  return events_reader_->Position(events_);
}

/// From the batch at which the state stands, to see that it is there.
absl::Status Replica::ReadOn() {
  Offset from = last_batch_offset_;
  if (from < Offset{0}) {
    auto watermarks = log_.WatermarksOf(events_);
    if (!watermarks.ok()) return watermarks.status();
    from = watermarks->low;
  }
  auto reader = log_.OpenConsumer({{{events_, from}}});
  if (absl::IsOutOfRange(reader.status())) {
    damage_ =
        absl::DataLossError("it is ahead of the log, which lost its tail");
    return damage_;
  }
  if (!reader.ok()) return reader.status();
  events_reader_ = *std::move(reader);
  stands_in_log_ = state_->head().batch_number == 0;
  return absl::OkStatus();
}

/// Bounded by the high watermark and never by the last stable offset: events of
/// a transaction that is committed may stand behind it for a moment, and
/// whoever stops before them loses bookings.
absl::Status Replica::Replay(Offset high_watermark) {
  if (events_reader_ == nullptr) {
    if (auto opened = ReadOn(); !opened.ok()) return opened;
  }
  absl::Time progress_at = options_.clock();
  while (events_reader_->Position(events_) < high_watermark) {
    auto folded = FoldReadable();
    if (!folded.ok()) return folded.status();
    if (auto due = CheckpointIfDue(); !due.ok()) return due;
    if (*folded) {
      progress_at = options_.clock();
    } else if (options_.clock() - progress_at > kReplayPatience) {
      return absl::DeadlineExceededError(fmt::format(
          "events/{} gives nothing between offset {} and its high watermark "
          "{}: is a transaction of another producer open there?",
          shard_.value, events_reader_->Position(events_).value,
          high_watermark.value));
    } else if (events_reader_->Position(events_) < high_watermark) {
      events_reader_->AwaitRecords(kReplayWait);
    }
  }
  if (!stands_in_log_) {
    damage_ =
        absl::DataLossError("it is ahead of the log, which lost its tail");
  }
  return damage_;
}

absl::StatusOr<bool> Replica::FoldReadable() {
  if (events_reader_ == nullptr) {
    if (auto opened = ReadOn(); !opened.ok()) return opened;
  }
  auto batch =
      events_reader_->Fetch(events_, kReplayRecordsMax, kReplayBytesMax);
  if (!batch.ok()) return batch.status();
  for (const Record& record : batch->records) {
    if (auto folded = FoldRecord(record); !folded.ok()) return folded;
  }
  return !batch->records.empty();
}

absl::Status Replica::FoldRecord(const Record& record) {
  arena_.Reset();
  auto* batch = Arena::CreateMessage<v1::EventBatch>(&arena_);
  const v1::Undecodable reason = Decode(record.value, kRecordBytesMax, *batch);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    return absl::DataLossError(
        fmt::format("events/{} offset {}: the record is no event batch ({})",
                    shard_.value, record.offset.value, NameOf(reason)));
  }
  const Head& head = state_->head();
  const BatchDigest digest = DigestOfBatch(record.value);
  if (batch->number() <= head.batch_number) {
    if (batch->number() < head.batch_number) return absl::OkStatus();
    stands_in_log_ = digest == head.digest;
    if (!stands_in_log_) {
      damage_ =
          absl::DataLossError("the log holds another history at its position");
    }
    return damage_;
  }
  if (!stands_in_log_) {
    damage_ = absl::DataLossError("the log has no batch at its position");
    return damage_;
  }
  if (auto torn = CheckContinues(head, *batch); !torn.ok()) return torn;
  try {
    Fold(*batch, digest, *state_);
  } catch (const UnreadableRow&) {
    return CheckStore();  // half a batch is folded: the state is thrown away
  }
  last_batch_offset_ = record.offset;
  events_replayed_ += batch->events_size();
  return CheckStore();
}

void Replica::Add(Batch& batch, Offset offset) {
  batch.MoveInto(*state_);
  last_batch_offset_ = offset;
}

const absl::Status& Replica::CheckStore() {
  if (damage_.ok()) damage_ = loader_->status();
  return damage_;
}

// --- Checkpoints ---

absl::Status Replica::CheckpointIfDue() {
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
      head.sequence.value - sequence_at_checkpoint_.value >=
          options_.checkpoint_events_max ||
      options_.clock() - checkpoint_at_ >= options_.checkpoint_interval;
  return is_due ? BeginCheckpoint() : absl::OkStatus();
}

absl::Status Replica::BeginCheckpoint() {
  const Head& head = state_->head();
  sequence_at_checkpoint_ = head.sequence;
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

absl::Status Replica::EndCheckpoint() {
  absl::Status written = checkpoint_->Await();
  is_checkpoint_pending_ = false;
  if (!written.ok()) {
    damage_ = Annotate(written, "writing a checkpoint", shard_);
    return damage_;
  }
  ++checkpoints_;
  snapshot_.reset();
  return absl::OkStatus();
}

absl::Status Replica::WriteCheckpoint() {
  absl::Status written;
  if (is_checkpoint_pending_) written = EndCheckpoint();
  if (written.ok() && state_->head().batch_number != batch_at_checkpoint_) {
    written = BeginCheckpoint();
    if (written.ok()) written = EndCheckpoint();
  }
  return absl::IsDataLoss(damage_) ? Discard() : written;
}

}  // namespace slotlog
