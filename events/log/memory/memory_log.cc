#include "events/log/memory/memory_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/invariant.h"

namespace slotlog {

class MemoryLog::Producer final : public TransactionalProducer {
 public:
  Producer(MemoryLog& log, std::string_view transactional_id, uint64_t epoch)
      : log_(log), transactional_id_(transactional_id), epoch_(epoch) {}

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override {
    return log_.Commit(transactional_id_, epoch_, records);
  }

 private:
  MemoryLog& log_;
  const std::string transactional_id_;
  const uint64_t epoch_;
};

class MemoryLog::Reader final : public Consumer {
 public:
  Reader(MemoryLog& log, std::map<TopicPartition, Offset> positions)
      : log_(log), positions_(std::move(positions)) {}

  absl::StatusOr<RecordBatch> Fetch(TopicPartition partition,
                                    size_t records_max,
                                    size_t bytes_max) override {
    const auto position = positions_.find(partition);
    INVARIANT(position != positions_.end(), "a consumer reads what it opened");
    absl::MutexLock lock(&log_.mutex_);
    const MemoryPartition& from = log_.At(partition);
    if (!from.Contains(position->second)) {
      return absl::DataLossError(fmt::format(
          "{}: the log holds [{}, {}) and not the position {}: it lost records "
          "that were to be read",
          DebugString(partition), from.GetWatermarks().low.value,
          from.GetWatermarks().high.value, position->second.value));
    }
    MemoryPartition::ReadResult read =
        from.Read(position->second, records_max, bytes_max);
    position->second = read.next;
    return std::move(read.batch);
  }

  Offset Position(TopicPartition partition) const override {
    const auto position = positions_.find(partition);
    INVARIANT(position != positions_.end(), "a consumer reads what it opened");
    return position->second;
  }

  void AwaitRecords(absl::Duration timeout) override {
    absl::MutexLock lock(&log_.mutex_);
    log_.mutex_.AwaitWithTimeout(absl::Condition(this, &Reader::HasNews),
                                 timeout);
  }

 private:
  /// Whether some Fetch would give records or an error.
  bool HasNews() const {
    log_.mutex_.AssertReaderHeld();
    return std::any_of(
        positions_.begin(), positions_.end(), [this](const auto& entry) {
          const MemoryPartition& partition = log_.At(entry.first);
          return !partition.Contains(entry.second) ||
                 partition.HasRecords(entry.second);
        });
  }

  MemoryLog& log_;
  std::map<TopicPartition, Offset> positions_;
};

MemoryLog::MemoryLog(ShardCount shards, std::function<absl::Time()> clock,
                     std::string id)
    : shards_(shards), clock_(std::move(clock)), id_(std::move(id)) {
  INVARIANT(shards_.value > 0, "a log has at least one shard");
  for (const Topic topic : kTopics) {
    for (Shard shard; shard.value < shards_.value; ++shard) {
      partitions_.emplace(TopicPartition{topic, shard}, MemoryPartition());
    }
  }
}

absl::StatusOr<std::vector<Offset>> MemoryLog::Append(
    absl::Span<const NewRecord> records) {
  absl::MutexLock lock(&mutex_);
  const std::optional<AppendFault> fault =
      std::exchange(append_fault_, std::nullopt);
  const size_t written =
      fault ? std::min(fault->written, records.size()) : records.size();
  const absl::Time now = clock_();
  std::vector<Offset> offsets;
  for (const NewRecord& record : records.first(written)) {
    offsets.push_back(At(record.to).Append(record, now, kNoTransaction));
  }
  if (fault) return fault->error;
  return offsets;
}

absl::StatusOr<std::unique_ptr<TransactionalProducer>> MemoryLog::OpenProducer(
    std::string_view transactional_id, std::stop_token stop) {
  if (stop.stop_requested()) {
    return absl::CancelledError("nobody wants the producer any more");
  }
  absl::MutexLock lock(&mutex_);
  ProducerState& state = producers_[std::string(transactional_id)];
  ++state.epoch;
  state.outcome_unknown = false;
  if (state.open) {
    End(*state.open, /*late=*/{}, /*lost=*/state.open->partitions);
    state.open.reset();
  }
  return std::make_unique<Producer>(*this, transactional_id, state.epoch);
}

absl::StatusOr<std::unique_ptr<Consumer>> MemoryLog::OpenConsumer(
    absl::Span<const slotlog::Position> from) {
  absl::MutexLock lock(&mutex_);
  std::map<TopicPartition, Offset> positions;
  for (const auto& [partition, offset] : from) {
    if (!At(partition).Contains(offset)) {
      const Watermarks watermarks = At(partition).GetWatermarks();
      return absl::OutOfRangeError(
          fmt::format("{}: can't read from offset {}: the log holds [{}, {})",
                      DebugString(partition), offset.value,
                      watermarks.low.value, watermarks.high.value));
    }
    positions.insert_or_assign(partition, offset);
  }
  return std::make_unique<Reader>(*this, std::move(positions));
}

absl::StatusOr<Watermarks> MemoryLog::WatermarksOf(
    TopicPartition partition) const {
  absl::MutexLock lock(&mutex_);
  return At(partition).GetWatermarks();
}

void MemoryLog::FailNextCommit(std::string_view transactional_id,
                               CommitFault fault,
                               std::vector<TopicPartition> partitions) {
  absl::MutexLock lock(&mutex_);
  producers_[std::string(transactional_id)].faults.push_back(
      {fault, {partitions.begin(), partitions.end()}});
}

void MemoryLog::WriteLateMarkers() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = clock_();
  for (const auto& [partition, transaction] : late_markers_) {
    At(partition).EndTransaction(transaction, /*committed=*/true, now);
  }
  late_markers_.clear();
}

void MemoryLog::ForgetPlannedFaults() {
  absl::MutexLock lock(&mutex_);
  for (auto& [id, producer] : producers_) producer.faults.clear();
  append_fault_.reset();
}

void MemoryLog::FailNextAppend(absl::Status error, size_t written) {
  INVARIANT(!error.ok(), "a failed Append has an error");
  absl::MutexLock lock(&mutex_);
  append_fault_ = {.error = std::move(error), .written = written};
}

void MemoryLog::DropTail(TopicPartition partition, Offset high) {
  absl::MutexLock lock(&mutex_);
  At(partition).DropTail(high);
}

void MemoryLog::DropHead(TopicPartition partition, Offset low) {
  absl::MutexLock lock(&mutex_);
  At(partition).DropHead(low);
}

absl::StatusOr<CommitOutcome> MemoryLog::Commit(
    std::string_view transactional_id, uint64_t epoch,
    absl::Span<const NewRecord> records) {
  absl::MutexLock lock(&mutex_);
  ProducerState& state = producers_.find(transactional_id)->second;
  if (state.epoch != epoch) return CommitOutcome::kFenced;
  if (state.outcome_unknown) {
    return absl::FailedPreconditionError(
        fmt::format("producer {}: a commit's outcome is unknown: open it anew",
                    transactional_id));
  }
  if (state.faults.empty()) {
    End(Write(records), /*late=*/{}, /*lost=*/{});
    return CommitOutcome::kDone;
  }
  const PlannedFault planned = std::move(state.faults.front());
  state.faults.pop_front();
  switch (planned.fault) {
    case CommitFault::kRefused:
      return CommitOutcome::kNotDone;
    case CommitFault::kUnknownButDone:
      End(Write(records), /*late=*/planned.partitions, /*lost=*/{});
      state.outcome_unknown = true;
      return CommitOutcome::kUnknown;
    case CommitFault::kUnknownAndOpen:
      state.open = Write(records);
      state.outcome_unknown = true;
      return CommitOutcome::kUnknown;
    case CommitFault::kMarkersLate:
      End(Write(records), /*late=*/planned.partitions, /*lost=*/{});
      return CommitOutcome::kDone;
    case CommitFault::kTorn:
      End(Write(records), /*late=*/{}, /*lost=*/planned.partitions);
      return CommitOutcome::kDone;
  }
  return CommitOutcome::kUnknown;
}

MemoryLog::Transaction MemoryLog::Write(absl::Span<const NewRecord> records) {
  Transaction transaction{.number = ++transaction_, .partitions = {}};
  const absl::Time now = clock_();
  for (const NewRecord& record : records) {
    At(record.to).Append(record, now, transaction.number);
    transaction.partitions.insert(record.to);
  }
  return transaction;
}

void MemoryLog::End(const Transaction& transaction,
                    const std::set<TopicPartition>& late,
                    const std::set<TopicPartition>& lost) {
  const absl::Time now = clock_();
  for (const TopicPartition partition : transaction.partitions) {
    if (late.contains(partition)) {
      late_markers_.push_back({partition, transaction.number});
    } else {
      At(partition).EndTransaction(transaction.number,
                                   /*committed=*/!lost.contains(partition),
                                   now);
    }
  }
}

MemoryPartition& MemoryLog::At(TopicPartition partition) {
  return const_cast<MemoryPartition&>(std::as_const(*this).At(partition));
}

const MemoryPartition& MemoryLog::At(TopicPartition partition) const {
  const auto found = partitions_.find(partition);
  INVARIANT(found != partitions_.end(), "the log has this partition");
  return found->second;
}

}  // namespace slotlog
