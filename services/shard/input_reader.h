// A shard's three inputs, read at the positions that its state names: messages
// first, then operations, then commands, each with a share of the batch, so
// that no input can starve another.
//
// Threads: the shard's own.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>
#include <google/protobuf/arena.h>

#include <memory>
#include <vector>

#include "events/log/log.h"
#include "services/reservation/input.h"
#include "services/reservation/state.h"

namespace slotlog {

/// A batch takes at most so many of each; what one leaves is not the others'.
inline constexpr size_t kBatchMessagesMax = 4096;
inline constexpr size_t kBatchOperationsMax = 128;
inline constexpr size_t kBatchCommandsMax = 2048;
inline constexpr size_t kFetchBytesMax = 4 * 1024 * 1024;

/// A record of `commands` or `operations` as an input: its message, on `arena`,
/// or why it is none. Valid as long as the record's bytes.
Input InputFrom(Topic topic, const Record& record,
                google::protobuf::Arena& arena);
/// One message of an `internal` record.
Input InputFrom(const v1::InternalRecord& record, Offset offset,
                uint32_t index);

class InputReader {
 public:
  /// Reads on from where `head` stands. OUT_OF_RANGE: the log begins later than
  /// that, so inputs are lost that were never decided.
  static absl::StatusOr<InputReader> Open(Log& log, const Head& head);

  /// The next inputs, without waiting, in the order in which they are to be
  /// decided. Their messages stand on `arena`; they are valid until Advance.
  /// DATA_LOSS: a message of another shard is damaged, missing or misdirected.
  absl::StatusOr<std::vector<Input>> Gather(const Head& head,
                                            google::protobuf::Arena& arena);

  /// These, the first of the last Gather, are decided for good; Gather gives
  /// the others again.
  void Advance(absl::Span<const Input> decided);

  /// The latest stamp among the records at hand.
  absl::Time LatestStamp() const;

  /// Waits until there may be inputs, or for so long.
  void AwaitInputs(absl::Duration timeout);

 private:
  /// Records of one topic that were fetched and not decided yet.
  struct Buffer {
    TopicPartition partition;
    RecordBatch batch;
    size_t next = 0;
    /// Messages of the record at `next` that are decided.
    uint32_t index = 0;

    size_t Left() const { return batch.records.size() - next; }
    bool IsEmpty() const { return Left() == 0; }
  };

  InputReader(Shard shard, std::unique_ptr<Consumer> consumer,
              const Head& head);

  absl::Status Fill(Buffer& buffer, size_t records_max);
  absl::Status GatherMessages(const Head& head, google::protobuf::Arena& arena,
                              std::vector<Input>& inputs);
  static void GatherRecords(const Buffer& buffer,
                            google::protobuf::Arena& arena,
                            std::vector<Input>& inputs);

  std::unique_ptr<Consumer> consumer_;
  Buffer messages_;
  /// How many messages each record of `messages_` holds, as last decoded.
  std::vector<uint32_t> message_counts_;
  Buffer operations_;
  Buffer commands_;
};

}  // namespace slotlog
