// A shard's history decided again, batch by batch, from nothing but the log:
// the recorded inputs at the recorded times must give the recorded events, to
// the byte. What is folded on the way is the state that a live shard must have.
//
//   auto history = ShardHistory::Open(log, shard);
//   while (history->HasNext()) history->DecideNext();
//   history->state();
//
// Threads: one at a time.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>

#include <map>
#include <memory>
#include <vector>

#include "events/log/log.h"
#include "events/log/record_stream.h"
#include "services/reservation/batch.h"
#include "services/reservation/memory_state.h"
#include "services/shard/input_reader.h"

namespace slotlog {

class ShardHistory {
 public:
  static absl::StatusOr<std::unique_ptr<ShardHistory>> Open(Log& log,
                                                            Shard shard);

  /// Is there a batch that has not been decided again?
  absl::StatusOr<bool> HasNext();

  /// Decides the next batch again and folds it. DATA_LOSS: it comes out
  /// otherwise than it stands in the log, or its inputs are not there.
  /// REQUIRES: HasNext.
  absl::Status DecideNext();

  const MemoryState& state() const { return state_; }
  uint64_t inputs() const { return inputs_decided_; }

 private:
  ShardHistory(Log& log, Shard shard, std::unique_ptr<Consumer> consumer,
               absl::Span<const Position> from);

  absl::StatusOr<Record> Seek(Topic topic, Offset offset);
  absl::Status AddInputs(const v1::InputRun& run, std::vector<Input>& inputs);

  const Shard shard_;
  std::unique_ptr<Consumer> consumer_;
  std::map<Topic, RecordStream> streams_;
  MemoryState state_;
  google::protobuf::Arena arena_;
  uint64_t inputs_decided_ = 0;
};

}  // namespace slotlog
