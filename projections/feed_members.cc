// Who is read, who goes, and what is written of them.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "projections/feed_loop.h"

namespace slotlog {
namespace {

/// With so many times the rows of a checkpoint unsaved (the disk is full),
/// nothing more is folded.
constexpr size_t kUnsavedCheckpointsMax = 10;

}  // namespace

// --- Who is read ---

/// Where the log ended when the feed began, everybody may read.
void FeedLoop::CheckEnd() {
  if (was_at_end_) return;
  for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
    if (reader_->next(shard) < ends_[shard.value]) return;
  }
  was_at_end_ = true;
  const auto next_unserved = [this] {
    return std::find_if(members_.begin(), members_.end(),
                        [](const Member& one) { return !one.is_served; });
  };
  for (auto one = next_unserved(); one != members_.end();
       one = next_unserved()) {
    one->projection->rows().MarkComplete();
    ++one->unsaved_batches;
    Serve(*one);
  }
}

void FeedLoop::Join(Member member) {
  const bool is_served = member.is_served;
  const size_t rank = member.rank;
  if (was_at_end_) {
    member.projection->rows().MarkComplete();
    ++member.unsaved_batches;
  }
  const auto place =
      std::find_if(members_.begin(), members_.end(),
                   [&](const Member& other) { return other.rank > rank; });
  const auto joined = members_.insert(place, std::move(member));
  if (was_at_end_ && !is_served) Serve(*joined);
}

void FeedLoop::Serve(Member& member) {
  const Model* model = member.model;
  const std::string store_name = member.store_name;
  model->serve(member.projection);
  member.is_served = true;
  // Whoever was read before is not needed any more.
  const auto is_old = [&](const Member& other) {
    return other.model == model && other.store_name != store_name &&
           other.is_served;
  };
  for (size_t i = 0; i < members_.size();) {
    if (!is_old(members_[i])) {
      ++i;
      continue;
    }
    Member old = std::move(members_[i]);
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
    old.is_served = false;
    Retire(std::move(old));
  }
  std::erase_if(behind_, [&](Behind& other) {
    if (!is_old(other.member)) return false;
    other.member.is_served = false;
    Retire(std::move(other.member));
    return true;
  });
  const absl::MutexLock lock(&mutex_);
  std::erase(rebuilding_, model);
}

void FeedLoop::DropFailed() {
  std::vector<Member> failed;
  std::erase_if(members_, [&](Member& member) {
    if (member.failure.ok()) return false;
    failed.push_back(std::move(member));
    return true;
  });
  std::erase_if(behind_, [&](Behind& one) {
    if (one.member.failure.ok()) return false;
    failed.push_back(std::move(one.member));
    return true;
  });
  for (Member& member : failed) {
    spdlog::warn("projection {}: it is folded again: {}", member.store_name,
                 std::string(member.failure.message()));
    wanted_.push_back(member.model);
    Retire(std::move(member));
  }
}

void FeedLoop::Retire(Member member) {
  if (member.is_served) member.model->serve(nullptr);
  retired_.push_back({.store_name = std::move(member.store_name),
                      .projection = std::move(member.projection)});
}

void FeedLoop::EndRetired() {
  std::erase_if(retired_, [this](Retired& one) {
    if (one.projection.use_count() > 1) return false;
    one.projection.reset();
    if (auto gone = stores_.Destroy(one.store_name); !gone.ok()) {
      spdlog::warn("projection {}: {}", one.store_name,
                   std::string(gone.message()));
    }
    return true;
  });
}

std::vector<FeedLoop::Member*> FeedLoop::AllMembers() {
  std::vector<Member*> all;
  for (Member& member : members_) all.push_back(&member);
  for (Behind& one : behind_) all.push_back(&one.member);
  return all;
}

/// Who waits for an answer reads it when told: so nobody is told before it can
/// be read.
void FeedLoop::SetReady(bool is_ready) {
  {
    const absl::MutexLock lock(&mutex_);
    if (is_ready_ == is_ready) return;
    is_ready_ = is_ready;
  }
  if (is_ready) {
    waits_.Release();
  } else {
    waits_.Hold();
  }
}

bool FeedLoop::IsReady() const {
  const absl::MutexLock lock(&mutex_);
  return is_ready_;
}

FeedProgress FeedLoop::ProgressOf(Shard shard) const {
  const absl::MutexLock lock(&mutex_);
  return progress_.at(shard.value);
}

// --- Checkpoints ---

absl::Status FeedLoop::SaveWhatIsDue() {
  size_t served = 0;
  absl::Status saved;
  for (Member* member : AllMembers()) {
    saved.Update(SaveIfDue(*member));
    if (member->is_served && member->failure.ok()) ++served;
  }
  SetReady(was_at_end_ && served == models_.size());
  return saved;
}

absl::Status FeedLoop::SaveIfDue(Member& member) {
  Rows& rows = member.projection->rows();
  const size_t rows_max = options_.checkpoint_rows_max;
  const bool is_saved = member.unsaved_batches == 0 && rows.unsaved_rows() == 0;
  if (!member.failure.ok() || is_saved) {
    return absl::OkStatus();
  }
  const bool is_full = rows.unsaved_rows() >= rows_max;
  const bool is_late =
      options_.clock() - member.saved_at >= options_.checkpoint_interval;
  if (!is_full && !is_late) return absl::OkStatus();
  if (rows.IsSaving() && !is_full) return absl::OkStatus();
  const absl::Status before = rows.AwaitSaved();
  if (absl::IsResourceExhausted(before)) {
    if (rows.unsaved_rows() >= kUnsavedCheckpointsMax * rows_max && !is_late) {
      return before;
    }
    if (!is_late) return absl::OkStatus();
  } else if (!before.ok()) {
    member.failure = before;
    return absl::OkStatus();
  }
  rows.BeginSaving();
  member.saved_at = options_.clock();
  member.unsaved_batches = 0;
  return absl::OkStatus();
}

absl::Status FeedLoop::Save() {
  absl::Status saved;
  for (Member* member : AllMembers()) {
    if (!member->failure.ok()) continue;
    saved.Update(member->projection->rows().Save());
    member->unsaved_batches = 0;
  }
  return saved;
}

}  // namespace slotlog
