// Which shards are this worker's: Kafka's group of the log's workers says so.
// It shares the shards among those that are members, and takes them from who
// left or was not heard of for the session timeout.
//
// A member reads nothing here: who owns a shard reads by itself, from where its
// state stands, so nothing is consumed while shards change hands. That two
// workers decide one shard at once is not this group's to prevent: the
// producer's epoch fences the older one.
//
// Threads: Join, Leave and the destructor from one; the rest from any. The
// listener is called on a thread of the membership's own.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/ids.h"
#include "events/log/kafka/group_offsets.h"
#include "events/log/kafka/kafka_options.h"

namespace slotlog {

struct MembershipListener {
  /// These are this worker's from now on.
  std::function<void(const std::vector<Shard>&)> on_assigned;
  /// These may become others' soon: all that this worker has, at each change of
  /// the group. on_assigned follows, unless it leaves. The whole group waits
  /// until this returns.
  std::function<void(const std::vector<Shard>&)> on_revoked;
};

class KafkaMembership {
 public:
  /// The listener is called soon; it outlives the membership.
  static absl::StatusOr<std::unique_ptr<KafkaMembership>> Join(
      const KafkaLogOptions& options, const MembershipListener& listener);
  ~KafkaMembership();

  /// Gives all shards back, with on_revoked, and leaves: others have them at
  /// once.
  void Leave();

  /// Tells the group how far a shard is, which is this worker's; now and then.
  void Publish(std::map<Shard, PublishedProgress> progress);

  /// OK, or why it cannot be a member any more.
  absl::Status Health() const;

 private:
  struct Member;

  explicit KafkaMembership(std::unique_ptr<Member> member);
  void Run();

  const std::unique_ptr<Member> member_;
  std::atomic<bool> is_leaving_ = false;
  mutable absl::Mutex mutex_;
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  std::map<Shard, PublishedProgress> to_publish_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace slotlog
