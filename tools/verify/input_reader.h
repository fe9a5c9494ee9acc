// Reads what a shard's batches say they decided: `commands`, `operations` and
// `internal`, run by run, and checks (invariant 5) that nothing was decided
// twice, out of order or skipped, that messages are numbered without gaps, and
// that the line's time is the greatest stamp decided. What the log no longer
// keeps is taken from the batch's word. After a violation it goes on from what
// the batch says.
//
// Belongs to one thread; the streams and findings outlive it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/ids.h"
#include "events/log/record_stream.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

/// The contract's topic as the log's; none for a number that is no topic.
std::optional<Topic> TopicFrom(v1::Topic topic);

class InputReader {
 public:
  InputReader(ShardCount shards, RecordStream& commands,
              RecordStream& operations, RecordStream& internal,
              Findings& findings);

  /// The inputs of the next batch, on `arena` or valid until the next call;
  /// `place` is the batch's.
  absl::StatusOr<DecidedInputs> Read(const v1::EventBatch& batch,
                                     const Place& place,
                                     google::protobuf::Arena& arena);

  /// Totals after the last batch.
  uint64_t MessagesReceivedFrom(Shard source) const {
    return received_[source.value];
  }

  /// The event of that shard that the last message from it follows from; 0 if
  /// there is none, or the log no longer keeps it.
  Sequence LastEventHeardFrom(Shard source) const {
    return heard_[source.value];
  }

  /// Reads on to what is the end of `internal` now, waiting for open
  /// transactions where fewer have arrived than `sent`: how many messages of
  /// each shard are there, received or not. After this there is no further
  /// Read.
  absl::StatusOr<std::vector<uint64_t>> CountArrived(
      absl::Span<const uint64_t> sent);

 private:
  /// Where a run of inputs is read to.
  struct Run {
    const v1::InputRun& run;
    const Place& batch;
    google::protobuf::Arena& arena;
  };
  /// A record of `internal` whose messages are being decided.
  struct Packed {
    Offset offset;
    uint32_t next_index = 0;
    std::unique_ptr<v1::InternalRecord> record;
  };

  absl::Status ReadRecords(const Run& run, RecordStream& stream,
                           std::vector<DecidedInput>& inputs);
  /// Takes the records before `offset`, which no batch decided.
  absl::Status SkipTo(Offset offset, const Run& run, RecordStream& stream);
  absl::Status ReadMessages(const Run& run, std::vector<DecidedInput>& inputs);
  /// Takes the next record of `internal` and checks its numbers.
  absl::Status OpenPacked();
  void CheckPacked(const v1::InternalRecord& record, const Place& place);
  void CheckTotals(const v1::EventBatch& batch, const Place& place);
  void Violated(const Place& place, std::string what);

  const ShardCount shards_;
  RecordStream& commands_;
  RecordStream& operations_;
  RecordStream& internal_;
  Findings& findings_;

  /// What the records read so far hold of each shard, decided or not.
  std::vector<uint64_t> arrived_;
  /// Decided.
  std::vector<uint64_t> received_;
  std::vector<Sequence> heard_;
  absl::Time greatest_stamp_ = absl::UnixEpoch();
  /// Everything that this batch decided is kept by the log.
  bool keeps_commands_ = true;
  bool keeps_messages_ = true;
  Packed packed_;
  /// Those of this batch that are decided whole.
  std::vector<std::unique_ptr<v1::InternalRecord>> decided_;
};

}  // namespace slotlog::verify
