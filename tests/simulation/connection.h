// The log as one worker's process sees it: each call may be the one at which
// the process dies, some records are its death, something may happen in the
// moment before a commit, and waiting for records costs virtual time only.
//
// Threads: one. What it is made of outlives it.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "tests/simulation/clock.h"
#include "tests/simulation/deadly_records.h"
#include "tests/simulation/old_answers.h"
#include "tests/simulation/process.h"

namespace slotlog {

class Connection final : public Log {
 public:
  Connection(Process& process, MemoryLog& log, Clock& clock,
             OldAnswers& old_answers, DeadlyRecords& deadly_records)
      : process_(process),
        log_(log),
        clock_(clock),
        old_answers_(old_answers),
        deadly_records_(deadly_records) {}

  /// Calls `interrupt` once, when the next commit was decided and has not
  /// reached the log.
  void InterruptNextCommit(std::function<void()> interrupt) {
    interrupt_ = std::move(interrupt);
  }
  /// Whether this process has fenced those before it.
  bool HasOpenedProducer() const { return has_opened_producer_; }

  std::string Id() const override { return log_.Id(); }
  ShardCount Shards() const override { return log_.Shards(); }
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override;
  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override;
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override;

 private:
  class Producer;
  class Reader;

  Process& process_;
  MemoryLog& log_;
  Clock& clock_;
  OldAnswers& old_answers_;
  DeadlyRecords& deadly_records_;
  std::function<void()> interrupt_;
  bool has_opened_producer_ = false;
};

}  // namespace slotlog
