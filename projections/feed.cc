#include "projections/feed.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "events/invariant.h"
#include "projections/feed_loop.h"

namespace slotlog {
namespace {

/// How long it waits for events before it looks at everything else.
constexpr absl::Duration kIdleWait = absl::Milliseconds(10);
/// Between two tries to go on after an error.
constexpr absl::Duration kRetryWait = absl::Seconds(1);

}  // namespace

Feed::Feed(Log& log, ProjectionStores stores, FeedOptions options)
    : loop_(std::make_unique<FeedLoop>(log, std::move(stores),
                                       std::move(options), waits_)) {}

Feed::~Feed() { Stop(); }

void Feed::AddModel(Model model) { loop_->Add(std::move(model)); }
void Feed::Add(Follower& follower) { loop_->Add(follower); }

// --- The thread ---

absl::Status Feed::Start() {
  INVARIANT(!thread_.joinable(), "the feed was started already");
  if (auto opened = loop_->Open(); !opened.ok()) return opened;
  thread_ = std::thread([this] { Run(); });
  ::pthread_setname_np(thread_.native_handle(), "feed");
  return absl::OkStatus();
}

void Feed::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
  }
  if (!thread_.joinable()) return;
  thread_.join();
  if (auto saved = loop_->Save(); !saved.ok()) {
    spdlog::warn("projections: the last checkpoint was not written: {}",
                 std::string(saved.message()));
  }
}

void Feed::Run() {
  while (true) {
    auto stepped = loop_->Step();
    SetHealth(stepped.status());
    if (stepped.ok() && !*stepped) loop_->Await(kIdleWait);
    {
      const absl::MutexLock lock(&mutex_);
      if (is_stopping_) return;
      if (stepped.ok()) continue;
      mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), kRetryWait);
      if (is_stopping_) return;
    }
    if (auto reopened = loop_->Reopen(); !reopened.ok()) SetHealth(reopened);
  }
}

void Feed::SetHealth(const absl::Status& health) {
  const absl::MutexLock lock(&mutex_);
  if (health == health_) return;
  health_ = health;
  if (!health.ok()) {
    spdlog::error("projections: {}", std::string(health.message()));
  }
}

absl::Status Feed::Open() { return loop_->Open(); }

absl::StatusOr<bool> Feed::Step() { return loop_->Step(); }

absl::Status Feed::CatchUp() {
  while (true) {
    auto stepped = loop_->Step();
    if (!stepped.ok()) return stepped.status();
    if (!*stepped) return absl::OkStatus();
  }
}

absl::Status Feed::Save() { return loop_->Save(); }

// --- From any thread ---

bool Feed::IsReady() const { return loop_->IsReady(); }

absl::Status Feed::Health() const {
  const absl::MutexLock lock(&mutex_);
  return health_;
}

FeedProgress Feed::ProgressOf(Shard shard) const {
  return loop_->ProgressOf(shard);
}

std::vector<ShardPosition> Feed::Position() const {
  std::vector<ShardPosition> position;
  for (Shard shard{0}; shard.value < loop_->shards().value; ++shard) {
    position.push_back({shard, ProgressOf(shard).sequence});
  }
  return position;
}

WaitId Feed::WhenFolded(Shard shard, Sequence sequence,
                        std::function<void()> done) {
  const auto is_folded = [&] { return ProgressOf(shard).sequence >= sequence; };
  // Of a shard that there is not, nothing is ever folded.
  if (shard.value >= loop_->shards().value) {
    return waits_.AddSequence(shard, sequence, std::move(done));
  }
  if (is_folded()) return done(), WaitId{0};
  const WaitId id = waits_.AddSequence(shard, sequence, done);
  // It may have been folded between the look and the wait.
  if (!is_folded()) return id;
  if (waits_.Cancel(id)) done();
  return WaitId{0};
}

WaitId Feed::WhenAnswered(Ticket ticket, std::function<void()> done) {
  return waits_.AddAnswer(ticket, std::move(done));
}

WaitId Feed::WhenOperationAnswered(Ticket record, std::function<void()> done) {
  return waits_.AddOperationAnswer(record, std::move(done));
}

void Feed::Cancel(WaitId id) { waits_.Cancel(id); }

size_t Feed::waiting() const { return waits_.size(); }

absl::Status Feed::Rebuild(std::string_view name) {
  return loop_->Rebuild(name);
}

}  // namespace slotlog
