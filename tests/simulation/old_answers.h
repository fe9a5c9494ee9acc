// Messages between shards can't be doubled on this log: the receiver counts
// them. What can still be said twice is an answer, by a slot's shard that
// repeats itself under a new number; the citizen's shard must see by the turn
// that it is of an older conversation, and ignore it.
//
// All connections commit through one OldAnswers. It remembers the last answer
// to each citizen in each campaign. Where one was asked for and a transaction
// answers the citizen again, the older answer goes before the new one, and the
// batch's header counts it, as if the shard had said it. The shard that wrote
// the transaction is told that its outcome is unknown: so it recovers, and goes
// on from what the log says.
//
// Threads: one.

#pragma once

#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "events/log/log.h"
#include "slotlog/v1/internal.pb.h"

namespace slotlog {

class OldAnswers {
 public:
  enum class Turn {
    /// As it was.
    kKept,
    /// The open conversation's: what the answer is to a shard that does not
    /// look at turns. Only for the test of the test.
    kForged,
  };
  explicit OldAnswers(Turn turn) : turn_(turn) {}

  /// The next transaction that answers somebody again brings an old answer too.
  void RepeatOne() { is_wanted_ = true; }

  /// May one have been said, which its shard did not decide?
  bool HasRepeated() const { return has_repeated_; }

  /// The log lost its tail: what was said there never was.
  void Forget() { last_.clear(); }

  absl::StatusOr<CommitOutcome> Commit(TransactionalProducer& producer,
                                       absl::Span<const NewRecord> records);

 private:
  /// Destination, citizen, campaign.
  using Asker = std::tuple<Shard, std::string, std::string>;

  /// None: nothing could be repeated.
  std::vector<std::string> AddOldAnswer(absl::Span<const NewRecord> records);
  void Remember(absl::Span<const NewRecord> records);

  const Turn turn_;
  bool is_wanted_ = false;
  bool has_repeated_ = false;
  std::map<Asker, v1::Message> last_;
};

}  // namespace slotlog
