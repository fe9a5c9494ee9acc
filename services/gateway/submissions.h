// Commands on their way to the log, each once: a command id that is being
// appended, stands in line or was answered gets the ticket that it has, so that
// whoever repeats a request, on another connection or after a restart, keeps
// the place in line.
//
// Found in this order: what is on its way here, the undecided commands of the
// log, the answers that are kept. Two gateways that get the same command within
// the same milliseconds may both append it: then the core, which decides each
// id once, answers the second record with the first one's answer.
//
// Threads: any. `done` is called once: by the caller's thread, or by one of the
// appender's.
//
// Ownership: appender and read models outlive it, and it outlives the
// appender's threads' callbacks.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/ids.h"
#include "projections/read_models.h"
#include "projections/ticket.h"
#include "services/gateway/appender.h"
#include "slotlog/v1/commands.pb.h"

namespace slotlog {

/// Requests that wait for the same append; the next one is refused.
inline constexpr size_t kRepetitionsWaitingMax = 64;

class Submissions {
 public:
  struct Accepted {
    Ticket ticket;
    /// The command had the ticket before.
    bool is_repeated = false;
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<Accepted>)>;

  Submissions(Appender& appender, ReadModels& models, ShardCount shards);

  /// Durable, or known to be, when `done` is called. ALREADY_EXISTS: the id was
  /// used for another command. UNAVAILABLE: too much waits, or it is not known
  /// yet what stands in the log. FAILED_PRECONDITION, with the log's own words:
  /// it cannot be told whether the log has it, and the same command may be sent
  /// again. RESOURCE_EXHAUSTED: that, and the log's disk is full.
  /// The traceparent goes with the record; empty: none.
  /// REQUIRES: the command makes sense (validate.h).
  void Submit(const v1::Command& command, std::string traceparent, Done done);

 private:
  struct Key {
    std::string citizen_id;
    std::string command_id;
    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.citizen_id, key.command_id);
    }
  };
  struct OnItsWay {
    uint64_t command_digest = 0;
    std::vector<Done> repetitions = {};
  };

  /// What the read models know of it; none: it is new.
  std::optional<absl::StatusOr<Accepted>> FindKnown(
      const Key& key, uint64_t command_digest) const;
  void Finish(const Key& key, absl::StatusOr<Accepted> accepted, Done done);

  Appender& appender_;
  ReadModels& models_;
  const ShardCount shards_;
  absl::Mutex mutex_;
  absl::flat_hash_map<Key, OnItsWay> on_their_way_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
