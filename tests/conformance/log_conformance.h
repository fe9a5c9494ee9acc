// What every Log must do, as one suite for all of them. A log's test target
// links it and says how such a log is made:
//
//   INSTANTIATE_TEST_SUITE_P(
//       Memory, LogConformance,
//       testing::Values(LogKind{
//           .new_log = [] {
//             return [] { return std::make_unique<MemoryLog>(...); };
//           },
//           .is_durable = false}));
//
// It asks of a log no more than log.h promises, so that one with a server
// behind it can join: offsets ascend but need not be contiguous, records may
// come some time after the write returned, and only hanging is an error of
// time.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

/// The suite's logs have so many shards.
inline constexpr ShardCount kConformanceShards{4};

/// Opens one log; the first call makes it. Called again after the Log it gave
/// is gone, it opens the same one, if it is durable.
using OpenLog = std::function<absl::StatusOr<std::unique_ptr<Log>>()>;

/// One kind of log.
struct LogKind {
  /// A place for a new log of kConformanceShards; gone with the function.
  std::function<OpenLog()> new_log;
  /// Whether what was acknowledged survives the Log object.
  bool is_durable;

  friend void PrintTo(const LogKind& kind, std::ostream* out) {
    *out << (kind.is_durable ? "durable" : "volatile");
  }
};

/// A record with its own bytes.
struct ReadRecord {
  Offset offset;
  absl::Time timestamp;
  std::string key;
  std::string value;
  std::string traceparent;
  friend bool operator==(const ReadRecord&, const ReadRecord&) = default;
};

class LogConformance : public testing::TestWithParam<LogKind> {
 protected:
  static constexpr TopicPartition kCommands0{Topic::kCommands, Shard{0}};
  static constexpr TopicPartition kInternal1{Topic::kInternal, Shard{1}};
  static constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
  static constexpr TopicPartition kEvents1{Topic::kEvents, Shard{1}};
  static constexpr TopicPartition kConfirmations0{Topic::kConfirmations,
                                                  Shard{0}};
  /// No limit that a Fetch would feel here.
  static constexpr size_t kMany = size_t{1} << 30;

  void SetUp() override;

  Log& log() { return *log_; }
  /// Ends the log and opens it again. REQUIRES: it is durable, and its
  /// producers and consumers are gone.
  void Reopen();

  // Each ends the test at once where the log answers with an error.
  std::vector<Offset> Append(std::vector<NewRecord> records);
  /// Appends these values to one partition, with the key "key".
  std::vector<Offset> AppendTo(TopicPartition to,
                               std::vector<std::string_view> values);
  std::unique_ptr<TransactionalProducer> OpenProducer(std::string_view id);
  static CommitOutcome Commit(TransactionalProducer& producer,
                              std::vector<NewRecord> records);
  std::unique_ptr<Consumer> Consume(std::vector<Position> from);
  /// From the partitions' low watermarks.
  std::unique_ptr<Consumer> ConsumeAll(std::vector<TopicPartition> partitions);
  Watermarks WatermarksOf(TopicPartition partition);
  static RecordBatch Fetch(Consumer& consumer, TopicPartition partition,
                           size_t records_max, size_t bytes_max);

  /// A Fetch that gives records, once there are some.
  static RecordBatch FetchSome(Consumer& consumer, TopicPartition partition,
                               size_t records_max, size_t bytes_max);
  /// What comes until the position is `end` or beyond.
  static std::vector<ReadRecord> ReadTo(Consumer& consumer,
                                        TopicPartition partition, Offset end);
  /// What comes until the position is the high watermark of now.
  std::vector<ReadRecord> ReadRest(Consumer& consumer,
                                   TopicPartition partition);
  /// All that can be read of the partition now.
  std::vector<ReadRecord> ReadAll(TopicPartition partition);
  std::vector<std::string> ValuesOf(TopicPartition partition);

  /// AwaitRecords ends, and not by its timeout.
  static void ExpectAwaitToEnd(Consumer& consumer);
  /// The same for a reader on a thread of its own, which waits for records of
  /// `partition` while `write` writes one.
  void ExpectToWake(TopicPartition partition,
                    const std::function<void()>& write);

 private:
  OpenLog open_;
  std::unique_ptr<Log> log_;
};

}  // namespace slotlog
