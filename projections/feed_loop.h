// What the feed's thread does, round by round: for feed.cc. Which instances of
// which models there are, which of them are read, which catch up, and how far
// all of them are.
//
// An instance is a model's projection over one of its two stores, "-a" and
// "-b". Those that stand at the same place are fed together; one that lies
// behind reads by itself until it stands there too. Where a model has an
// instance that is read and another one joins the rest, the new one takes over,
// and the old one's store goes once nobody reads it any more.
//
// Threads: one at a time, but for what says otherwise.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/log.h"
#include "projections/event_reader.h"
#include "projections/feed.h"
#include "projections/model.h"
#include "projections/model_stores.h"
#include "projections/waits.h"

namespace slotlog {

class FeedLoop {
 public:
  FeedLoop(Log& log, ProjectionStores stores, FeedOptions options,
           Waits& waits);
  ~FeedLoop();

  void Add(Model model) { models_.push_back(std::move(model)); }
  void Add(Follower& follower) { followers_.push_back(&follower); }

  absl::Status Open();
  /// One round. An error is about the log; what was folded stays.
  absl::StatusOr<bool> Step();
  /// Goes on after an error of Step.
  absl::Status Reopen();
  void Await(absl::Duration timeout);
  absl::Status Save();

  // --- From any thread ---

  absl::Status Rebuild(std::string_view name);
  bool IsReady() const;
  FeedProgress ProgressOf(Shard shard) const;
  ShardCount shards() const { return log_.Shards(); }

 private:
  /// A model's instance that is being fed.
  struct Member {
    const Model* model;
    /// Among the models: they are fed in this order.
    size_t rank;
    std::string store_name;
    std::shared_ptr<Projection> projection;
    bool is_served = false;
    /// What it cannot go on after.
    absl::Status failure;
    absl::Time saved_at;
    uint64_t unsaved_batches = 0;
  };
  /// One that lies behind.
  struct Behind {
    Member member;
    std::unique_ptr<EventReader> reader;
  };
  /// Not fed any more, and perhaps still read.
  struct Retired {
    std::string store_name;
    std::shared_ptr<Projection> projection;
  };

  absl::Status OpenModels(std::vector<Behind>& opened);
  Member MemberOf(const Model& model, OpenedStore opened);
  /// Into a store that holds nothing. UNAVAILABLE: both are in use still.
  absl::Status BeginAnew(const Model& model);
  void BeginWanted();
  void TakeRebuilds();

  absl::Status ReopenBehind();
  absl::StatusOr<bool> ReadTogether();
  absl::StatusOr<bool> ReadBehind();
  void Fold(const v1::EventBatch& batch, const FoldedTo& folded,
            Member& member);
  void Tell(const v1::EventBatch& batch);
  void SetProgress(Shard shard, absl::Duration delay);

  void CheckEnd();
  void Join(Member member);
  void Serve(Member& member);
  void DropFailed();
  void Retire(Member member);
  void EndRetired();
  absl::Status SaveIfDue(Member& member);
  absl::Status SaveWhatIsDue();
  void SetReady(bool is_ready);
  std::vector<Member*> AllMembers();

  Log& log_;
  ModelStores stores_;
  const FeedOptions options_;
  Waits& waits_;
  /// Members point to them.
  std::deque<Model> models_;
  std::vector<Follower*> followers_;

  /// In the order of the models.
  std::vector<Member> members_;
  std::unique_ptr<EventReader> reader_;
  std::vector<Behind> behind_;
  std::vector<Retired> retired_;
  std::vector<const Model*> wanted_;
  /// Where the shards' events ended when it began, and whether it was there.
  std::vector<Offset> ends_;
  bool was_at_end_ = false;

  mutable absl::Mutex mutex_;
  std::vector<FeedProgress> progress_ ABSL_GUARDED_BY(mutex_);
  bool is_ready_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<const Model*> rebuilds_ ABSL_GUARDED_BY(mutex_);
  /// Being folded anew by Rebuild.
  std::vector<const Model*> rebuilding_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
