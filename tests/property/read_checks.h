// Is what is read what is so? Each read model against the shards' own states,
// folded from the same events, and against the confirmations that callers got:
// for projections_test.cc. Failures fail the test.
//
// Threads: one. REQUIRES: nothing is in flight, and everything is folded.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "events/log/log.h"
#include "projections/read_models.h"
#include "services/reservation/memory_state.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

using ShardStates = std::map<Shard, std::unique_ptr<MemoryState>>;

/// All that is committed in the partition.
std::vector<std::string> ReadAll(Log& log, TopicPartition partition);

class ReadChecks {
 public:
  /// `seats_given`: events by which a command got a seat.
  ReadChecks(Log& log, const ReadModels& models, const ShardStates& states,
             int64_t seats_given)
      : log_(log),
        models_(models),
        states_(states),
        seats_given_(seats_given) {}

  void CheckAll();

  /// Claims seen in these states.
  int booked() const { return booked_; }
  int waiting() const { return waiting_; }

 private:
  void CheckSlots();
  void CheckSeats();
  void CheckClaims();
  void CheckOutcomes();
  void CheckLine();
  std::string TextOf(const Claim& claim);

  Log& log_;
  const ReadModels& models_;
  const ShardStates& states_;
  const int64_t seats_given_;
  int booked_ = 0;
  int waiting_ = 0;
};

}  // namespace slotlog
