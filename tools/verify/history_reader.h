// Reads a shard's history from the beginning, batch by batch: the events, and
// beside them the inputs that were decided and the answers that were given.
// Checks invariant 5 on the way, and that confirmations are numbered without
// gaps (invariant 3).
//
// Belongs to one thread; the log and the findings outlive it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "events/log/record_stream.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/frame_checks.h"
#include "tools/verify/input_reader.h"

namespace slotlog::verify {

class HistoryReader {
 public:
  /// FAILED_PRECONDITION: the log no longer keeps the first events.
  static absl::StatusOr<std::unique_ptr<HistoryReader>> Open(
      Log& log, Shard shard, Findings& findings);

  /// The next batch, valid until the next call; null at the end of what is
  /// written now: a transaction that is open is waited for.
  absl::StatusOr<const DecidedBatch*> Next();
  absl::StatusOr<bool> IsAtEnd();

  /// Reads what stands behind the last batch: how many messages of each shard
  /// have arrived, of which so many were sent. At the end of the events, a
  /// confirmation or a dead letter that no batch counts is a violation. After
  /// this there is no Next.
  absl::StatusOr<std::vector<uint64_t>> ReadRest(
      absl::Span<const uint64_t> sent);

  /// The batch's record that holds this event.
  Place PlaceOf(Sequence sequence) const;
  /// The last batch's record.
  const Place& LastPlace() const { return place_; }

  uint64_t Batches() const { return batches_.size(); }
  const FrameChecks& Frame() const { return frame_; }
  const InputReader& Inputs() const { return inputs_; }
  /// One for each topic, in the order of kTopics.
  std::vector<const RecordStream*> Streams() const;

 private:
  HistoryReader(Log& log, Shard shard, std::unique_ptr<Consumer> consumer,
                const std::vector<Position>& begins, Findings& findings);

  /// The next record of `events` that is a batch; null at the end.
  absl::StatusOr<const v1::EventBatch*> NextBatch();
  absl::Status ReadConfirmations();
  absl::Status ReadDeadLetters();
  absl::Status CheckNothingIsLeft(RecordStream& stream);

  const Shard shard_;
  Findings& findings_;
  std::unique_ptr<Consumer> consumer_;
  RecordStream commands_;
  RecordStream operations_;
  RecordStream internal_;
  RecordStream events_;
  RecordStream confirmations_;
  RecordStream dead_letters_;
  FrameChecks frame_;
  InputReader inputs_;
  google::protobuf::Arena arena_;
  DecidedBatch decided_;
  Place place_;
  /// The number of the last confirmation read.
  uint64_t confirmation_ = 0;
  /// Each batch's first sequence and offset.
  std::vector<std::pair<Sequence, Offset>> batches_;
};

}  // namespace slotlog::verify
