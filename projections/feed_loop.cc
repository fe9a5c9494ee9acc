#include "projections/feed_loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "events/invariant.h"
#include "projections/answer.h"

namespace slotlog {
namespace {

/// Of one shard, in one round: so that no shard waits long for another, nor the
/// followers for all.
constexpr size_t kBatchesMax = 128;

}  // namespace

FeedLoop::FeedLoop(Log& log, ProjectionStores stores, FeedOptions options,
                   Waits& waits)
    : log_(log),
      stores_(log, std::move(stores)),
      options_(std::move(options)),
      waits_(waits) {
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    progress_.push_back({.shard = shard,
                         .sequence = {},
                         .batch_number = 0,
                         .delay = absl::ZeroDuration()});
  }
  waits_.Hold();  // until it is ready
}

FeedLoop::~FeedLoop() {
  for (const Model& model : models_) model.serve(nullptr);
}

// --- Where it begins ---

absl::Status FeedLoop::Open() {
  ends_.clear();
  was_at_end_ = false;
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    auto watermarks = log_.WatermarksOf({Topic::kEvents, shard});
    if (!watermarks.ok()) return watermarks.status();
    ends_.push_back(watermarks->last_stable);
  }
  std::vector<Behind> opened;
  if (auto done = OpenModels(opened); !done.ok()) return done;

  std::vector<FoldedTo> together(log_.Shards().value);
  for (const Behind& one : opened) {
    for (size_t i = 0; i < together.size(); ++i) {
      const FoldedTo& folded = one.reader->folded()[i];
      if (folded.batch_number > together[i].batch_number) {
        together[i] = folded;
      }
    }
  }
  auto reader = EventReader::Open(log_, together);
  if (!reader.ok()) return reader.status();
  reader_ = *std::move(reader);
  for (Behind& one : opened) {
    if (one.reader->folded() == together) {
      Join(std::move(one.member));
    } else {
      behind_.push_back(std::move(one));
    }
  }
  for (Member* member : AllMembers()) {
    if (member->projection->rows().GetPosition().label.is_complete) {
      Serve(*member);
    }
  }
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    SetProgress(shard, absl::ZeroDuration());
  }
  return absl::OkStatus();
}

absl::Status FeedLoop::OpenModels(std::vector<Behind>& opened) {
  for (const Model& model : models_) {
    auto stores = stores_.Open(model);
    if (!stores.ok()) return stores.status();
    bool has_current = false;
    std::vector<std::string> used;
    for (OpenedStore& store : *stores) {
      has_current |= store.position.label.version == model.version;
      used.push_back(store.name);
      auto reader = std::move(store.reader);
      Member member = MemberOf(model, std::move(store));
      if (auto loaded = member.projection->Load(); !loaded.ok()) {
        spdlog::warn("projection {}: it is folded again: {}", member.store_name,
                     std::string(loaded.message()));
        has_current = false;
        used.pop_back();
        continue;
      }
      opened.push_back({std::move(member), std::move(reader)});
    }
    if (has_current) continue;
    stores->clear();
    auto store = stores_.OpenNew(model, *ModelStores::FreeName(model, used));
    if (!store.ok()) return store.status();
    auto reader = std::move(store->reader);
    Member member = MemberOf(model, *std::move(store));
    if (auto loaded = member.projection->Load(); !loaded.ok()) return loaded;
    opened.push_back({std::move(member), std::move(reader)});
  }
  return absl::OkStatus();
}

FeedLoop::Member FeedLoop::MemberOf(const Model& model, OpenedStore opened) {
  auto rows = std::make_unique<Rows>(
      std::move(opened.store), std::move(opened.position), options_.executor);
  size_t rank = 0;
  while (&models_[rank] != &model) ++rank;
  return {.model = &model,
          .rank = rank,
          .store_name = std::move(opened.name),
          .projection = model.make(std::move(rows)),
          .is_served = false,
          .failure = absl::OkStatus(),
          .saved_at = options_.clock(),
          .unsaved_batches = 0};
}

absl::Status FeedLoop::BeginAnew(const Model& model) {
  std::vector<std::string> used;
  for (const Member* member : AllMembers()) used.push_back(member->store_name);
  for (const Retired& one : retired_) used.push_back(one.store_name);
  const auto name = ModelStores::FreeName(model, used);
  if (!name.has_value()) {
    return absl::UnavailableError(fmt::format(
        "projection {}: both of its stores are in use", model.name));
  }
  auto store = stores_.OpenNew(model, *name);
  if (!store.ok()) return store.status();
  auto reader = std::move(store->reader);
  Member member = MemberOf(model, *std::move(store));
  if (auto loaded = member.projection->Load(); !loaded.ok()) return loaded;
  behind_.push_back({std::move(member), std::move(reader)});
  return absl::OkStatus();
}

void FeedLoop::BeginWanted() {
  std::erase_if(wanted_, [this](const Model* model) {
    const absl::Status begun = BeginAnew(*model);
    if (!begun.ok() && !absl::IsUnavailable(begun)) {
      spdlog::warn("projection {}: {}", model->name,
                   std::string(begun.message()));
    }
    return begun.ok();
  });
}

absl::Status FeedLoop::Rebuild(std::string_view name) {
  const auto model =
      std::find_if(models_.begin(), models_.end(),
                   [&](const Model& one) { return one.name == name; });
  if (model == models_.end()) {
    return absl::NotFoundError(fmt::format("there is no projection {}", name));
  }
  const absl::MutexLock lock(&mutex_);
  if (std::count(rebuilding_.begin(), rebuilding_.end(), &*model) > 0) {
    return absl::UnavailableError(
        fmt::format("projection {} is being folded anew already", name));
  }
  rebuilding_.push_back(&*model);
  rebuilds_.push_back(&*model);
  return absl::OkStatus();
}

/// What is not complete is being folded from the first event as it is.
void FeedLoop::TakeRebuilds() {
  std::vector<const Model*> rebuilds;
  {
    const absl::MutexLock lock(&mutex_);
    rebuilds.swap(rebuilds_);
  }
  for (const Model* model : rebuilds) {
    int instances = 0;
    for (const Member* member : AllMembers()) {
      if (member->model == model) ++instances;
    }
    if (instances < 2) wanted_.push_back(model);
  }
}

// --- Rounds ---

absl::StatusOr<bool> FeedLoop::Step() {
  TakeRebuilds();
  BeginWanted();
  auto read = ReadTogether();
  if (!read.ok()) return read.status();
  bool is_busy = *read;
  CheckEnd();
  auto caught_up = ReadBehind();
  if (!caught_up.ok()) return caught_up.status();
  is_busy |= *caught_up;
  DropFailed();
  EndRetired();
  for (Follower* follower : followers_) {
    auto followed = follower->Follow();
    if (!followed.ok()) return followed.status();
    is_busy |= *followed;
  }
  if (auto saved = SaveWhatIsDue(); !saved.ok()) return saved;
  return is_busy;
}

void FeedLoop::Await(absl::Duration timeout) {
  if (reader_ != nullptr) reader_->Await(timeout);
}

absl::Status FeedLoop::Reopen() {
  if (reader_ != nullptr) {
    auto reader = EventReader::Open(log_, reader_->folded());
    absl::Status verified = reader.status();
    if (verified.ok()) verified = (*reader)->AwaitVerified();
    if (verified.ok()) {
      reader_ = *std::move(reader);
      return ReopenBehind();
    }
    if (!absl::IsDataLoss(verified)) return verified;
    spdlog::warn("the log is another one than was folded: {}",
                 std::string(verified.message()));
  }
  for (Member* member : AllMembers()) Retire(std::move(*member));
  members_.clear();
  behind_.clear();
  wanted_.clear();
  retired_.clear();  // what of them fits the log is opened again
  {
    const absl::MutexLock lock(&mutex_);
    rebuilding_.clear();
  }
  SetReady(false);
  return Open();
}

absl::Status FeedLoop::ReopenBehind() {
  for (Behind& one : behind_) {
    auto reader = EventReader::Open(log_, one.reader->folded());
    if (!reader.ok()) return reader.status();
    one.reader = *std::move(reader);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FeedLoop::ReadTogether() {
  if (reader_ == nullptr) return absl::UnavailableError("the log is not open");
  bool is_busy = false;
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    const auto visit = [&](const v1::EventBatch& batch,
                           const FoldedTo& folded) {
      for (Member& member : members_) Fold(batch, folded, member);
      SetProgress(shard, options_.clock() -
                             absl::FromUnixMillis(batch.decided_at_unix_ms()));
      Tell(batch);
      return absl::OkStatus();
    };
    auto read = reader_->Read(shard, kBatchesMax, visit);
    if (!read.ok()) return read.status();
    is_busy |= *read > 0;
  }
  return is_busy;
}

absl::StatusOr<bool> FeedLoop::ReadBehind() {
  bool is_busy = false;
  for (Behind& one : behind_) {
    for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
      const uint64_t missing = reader_->folded(shard).batch_number -
                               one.reader->folded(shard).batch_number;
      const auto visit = [&](const v1::EventBatch& batch,
                             const FoldedTo& folded) {
        Fold(batch, folded, one.member);
        return absl::OkStatus();
      };
      auto read = one.reader->Read(
          shard, std::min<uint64_t>(missing, kBatchesMax), visit);
      if (!read.ok()) return read.status();
    }
    is_busy = true;
  }
  // By index: joining may make others come and go.
  for (size_t i = 0; i < behind_.size();) {
    if (behind_[i].reader->folded() != reader_->folded()) {
      ++i;
      continue;
    }
    Member member = std::move(behind_[i].member);
    behind_.erase(behind_.begin() + static_cast<std::ptrdiff_t>(i));
    Join(std::move(member));
    for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
      SetProgress(shard, absl::ZeroDuration());
    }
  }
  return is_busy;
}

void FeedLoop::Fold(const v1::EventBatch& batch, const FoldedTo& folded,
                    Member& member) {
  if (!member.failure.ok()) return;
  Projection& projection = *member.projection;
  projection.Fold(batch);
  if (!projection.rows().status().ok()) {
    member.failure = projection.rows().status();
    return;
  }
  projection.rows().Commit(Shard{batch.shard()}, folded);
  ++member.unsaved_batches;
}

/// Whoever waits for these answers.
void FeedLoop::Tell(const v1::EventBatch& batch) {
  if (waits_.size() == 0) return;
  const Shard shard{batch.shard()};
  for (const v1::Event& event : batch.events()) {
    if (const auto answer = CommandAnswerIn(event)) {
      waits_.Answered({shard, answer->offset});
    }
    if (const auto answer = OperationAnswerIn(event, log_.Shards())) {
      waits_.OperationAnswered({shard, answer->offset});
    }
  }
}

void FeedLoop::SetProgress(Shard shard, absl::Duration delay) {
  const FoldedTo* least = &reader_->folded(shard);
  for (const Behind& one : behind_) {
    const FoldedTo& folded = one.reader->folded(shard);
    if (one.member.is_served && folded.batch_number < least->batch_number) {
      least = &folded;
    }
  }
  {
    const absl::MutexLock lock(&mutex_);
    progress_[shard.value] = {.shard = shard,
                              .sequence = least->sequence,
                              .batch_number = least->batch_number,
                              .delay = delay};
  }
  waits_.Folded(shard, least->sequence);
}

}  // namespace slotlog
