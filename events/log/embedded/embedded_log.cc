#include "events/log/embedded/embedded_log.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <deque>
#include <utility>

#include "events/invariant.h"
#include "events/log/embedded/embedded_consumer.h"

namespace slotlog {
namespace {

constexpr std::string_view kJournalName = "journal";
constexpr std::string_view kLockName = "lock";

/// A large Append becomes several frames of about this size: one is written
/// while the next is made.
constexpr size_t kAppendFrameBytes = size_t{1} << 20;

constexpr absl::Duration kLockRetryInterval = absl::Milliseconds(20);

absl::Status ReadOnlyError() {
  return absl::FailedPreconditionError("the log was opened read-only");
}

absl::Status CheckPartition(TopicPartition partition, ShardCount shards) {
  if (partition.shard.value < shards.value) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} is none of the log's {} shards", DebugString(partition),
                  shards.value));
}

absl::Status CheckRecords(absl::Span<const NewRecord> records,
                          ShardCount shards) {
  for (const NewRecord& record : records) {
    absl::Status partition = CheckPartition(record.to, shards);
    if (!partition.ok()) return partition;
    const size_t bytes = RecordBytes(record);
    if (bytes > kFrameBodyBytesMax) {
      return absl::InvalidArgumentError(fmt::format(
          "a record of {} bytes for {} is beyond the log's bound of {}", bytes,
          DebugString(record.to), kFrameBodyBytesMax));
    }
  }
  return absl::OkStatus();
}

/// How many records, one at least, the next frame of an append takes.
size_t RecordsForFrame(absl::Span<const NewRecord> records) {
  size_t count = 0;
  size_t bytes = 0;
  for (const NewRecord& record : records) {
    bytes += RecordBytes(record);
    if (count > 0 && bytes > kAppendFrameBytes) break;
    ++count;
  }
  return count;
}

/// Appends the offsets that the records got in their frame, in their order.
void AddOffsets(absl::Span<const NewRecord> records, const JournalFrame& frame,
                ShardCount shards, std::vector<Offset>& offsets) {
  std::vector<Offset> next(PartitionTotal(shards));
  const FrameHead head = frame.Head();
  for (uint32_t i = 0; i < head.section_count(); ++i) {
    const SectionHead section = head.SectionAt(i);
    next[PartitionOrdinal(section.partition, shards)] = section.base_offset;
  }
  for (const NewRecord& record : records) {
    Offset& offset = next[PartitionOrdinal(record.to, shards)];
    offsets.push_back(offset);
    ++offset;
  }
}

class EmbeddedProducer : public TransactionalProducer {
 public:
  EmbeddedProducer(JournalWriter& writer, const JournalIdentity& identity,
                   ProducerFence fence)
      : writer_(writer), identity_(identity), fence_(std::move(fence)) {}

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override {
    if (!fence_.Holds()) return CommitOutcome::kFenced;
    absl::Status checked = CheckRecords(records, identity_.shards);
    if (!checked.ok()) return checked;
    if (records.empty()) return CommitOutcome::kDone;
    const size_t bytes = FrameBodyBytes(records);
    if (bytes > kFrameBodyBytesMax) {
      return absl::InvalidArgumentError(
          fmt::format("a transaction of {} bytes is beyond the log's bound of "
                      "{}",
                      bytes, kFrameBodyBytesMax));
    }
    Submission submission;
    submission.frame = std::make_shared<JournalFrame>(FrameKind::kTransaction,
                                                      records, identity_);
    submission.fence = fence_;
    writer_.Enqueue(submission);
    writer_.Await(submission);
    switch (submission.answer) {
      case Submission::Answer::kDurable:
        return CommitOutcome::kDone;
      case Submission::Answer::kFenced:
        return CommitOutcome::kFenced;
      case Submission::Answer::kFailed:
        return submission.failure;
      case Submission::Answer::kNone:
        break;
    }
    return CommitOutcome::kUnknown;
  }

 private:
  JournalWriter& writer_;
  const JournalIdentity& identity_;
  const ProducerFence fence_;
};

absl::Status Explained(const absl::Status& status, std::string_view what) {
  return absl::Status(
      status.code(),
      fmt::format("{}: {}", what, std::string(status.message())));
}

absl::StatusOr<std::unique_ptr<FileLock>> AwaitLock(
    FileSystem& file_system, const std::filesystem::path& path, LockKind kind,
    absl::Duration patience) {
  absl::StatusOr<std::unique_ptr<FileLock>> lock = file_system.Lock(path, kind);
  for (absl::Duration waited;
       absl::IsFailedPrecondition(lock.status()) && waited < patience;
       waited += kLockRetryInterval) {
    absl::SleepFor(kLockRetryInterval);
    lock = file_system.Lock(path, kind);
  }
  return lock;
}

/// None: a read-only directory without a lock file has no writer.
absl::StatusOr<std::unique_ptr<FileLock>> LockDirectory(
    const std::filesystem::path& directory, const EmbeddedLogOptions& options) {
  absl::StatusOr<std::unique_ptr<FileLock>> lock =
      AwaitLock(*options.file_system, directory / kLockName,
                options.read_only ? LockKind::kShared : LockKind::kExclusive,
                options.lock_patience);
  if (options.read_only && absl::IsNotFound(lock.status())) {
    return std::unique_ptr<FileLock>();
  }
  if (!absl::IsFailedPrecondition(lock.status())) return lock;
  return Explained(lock.status(),
                   fmt::format("the log in {} is in use by another process; "
                               "stop that one first",
                               directory.string()));
}

/// Sees to it that there is a journal to be opened.
absl::Status EnsureJournal(const std::filesystem::path& path,
                           const EmbeddedLogOptions& options) {
  absl::StatusOr<bool> exists = options.file_system->Exists(path);
  if (!exists.ok()) return exists.status();
  if (!*exists) {
    absl::Status made =
        CreateJournal(*options.file_system, path, options.shards);
    if (!made.ok()) return made;
  }
  // Also if it was there: whoever made it may have been killed before this.
  return options.file_system->SyncDirectory(path.parent_path());
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedLog>> EmbeddedLog::Open(
    const std::filesystem::path& directory, EmbeddedLogOptions options) {
  INVARIANT(options.clock || options.read_only, "who writes needs a clock");
  FileSystem& file_system = *options.file_system;
  const std::filesystem::path path = directory / kJournalName;
  const bool may_make = !options.read_only && options.shards.value > 0;
  absl::StatusOr<bool> exists = file_system.Exists(path);
  if (!exists.ok()) return exists.status();
  if (!*exists && !may_make) {
    return absl::NotFoundError(
        fmt::format("there is no log in {}", directory.string()));
  }
  if (may_make) {
    absl::Status made = file_system.CreateDirectories(directory);
    if (!made.ok()) return made;
  }
  absl::StatusOr<std::unique_ptr<FileLock>> lock =
      LockDirectory(directory, options);
  if (!lock.ok()) return lock.status();
  if (may_make) {
    absl::Status ensured = EnsureJournal(path, options);
    if (!ensured.ok()) return ensured;
  }
  absl::StatusOr<RecoveredJournal> recovered =
      RecoverJournal(file_system, path,
                     options.read_only ? OpenMode::kRead : OpenMode::kReadWrite,
                     options.tail_bytes_max);
  if (!recovered.ok()) return recovered.status();
  const ShardCount shards = recovered->journal.identity.shards;
  if (options.shards.value != 0 && options.shards != shards) {
    return absl::FailedPreconditionError(
        fmt::format("the log in {} was made with {} shards, not {}",
                    directory.string(), shards.value, options.shards.value));
  }

  const bool marked = recovered->marked;
  std::unique_ptr<EmbeddedLog> log(
      new EmbeddedLog(*std::move(lock), *std::move(recovered)));
  if (options.read_only) return log;
  log->writer_ = std::make_unique<JournalWriter>(
      log->journal_, log->report_.journal_bytes, *log->index_,
      JournalWriterOptions{.clock = std::move(options.clock),
                           .queue_bytes_max = options.queue_bytes_max,
                           .settle_after = options.settle_after,
                           .marked = marked});
  return log;
}

EmbeddedLog::EmbeddedLog(std::unique_ptr<FileLock> lock,
                         RecoveredJournal recovered)
    : lock_(std::move(lock)),
      journal_(std::move(recovered.journal)),
      index_(std::move(recovered.index)),
      report_(std::move(recovered.report)) {}

std::string EmbeddedLog::Id() const { return journal_.identity.Hex(); }

ShardCount EmbeddedLog::Shards() const { return journal_.identity.shards; }

absl::StatusOr<std::vector<Offset>> EmbeddedLog::Append(
    absl::Span<const NewRecord> records) {
  if (writer_ == nullptr) return ReadOnlyError();
  absl::Status checked = CheckRecords(records, Shards());
  if (!checked.ok()) return checked;

  // A deque, because a submission keeps its place.
  std::deque<Submission> submissions;
  std::vector<absl::Span<const NewRecord>> parts;
  while (!records.empty()) {
    parts.push_back(records.subspan(0, RecordsForFrame(records)));
    records.remove_prefix(parts.back().size());
    submissions.emplace_back().frame = std::make_shared<JournalFrame>(
        FrameKind::kAppend, parts.back(), journal_.identity);
    writer_->Enqueue(submissions.back());
  }
  std::vector<Offset> offsets;
  absl::Status failure;
  for (size_t i = 0; i < submissions.size(); ++i) {
    writer_->Await(submissions[i]);
    failure.Update(submissions[i].failure);
    if (failure.ok()) {
      AddOffsets(parts[i], *submissions[i].frame, Shards(), offsets);
    }
  }
  if (!failure.ok()) return failure;
  return offsets;
}

absl::StatusOr<std::unique_ptr<TransactionalProducer>>
EmbeddedLog::OpenProducer(std::string_view transactional_id,
                          std::stop_token stop) {
  if (writer_ == nullptr) return ReadOnlyError();
  if (transactional_id.empty()) {
    return absl::InvalidArgumentError("a transactional id may not be empty");
  }
  if (stop.stop_requested()) {
    return absl::CancelledError("nobody wants the producer any more");
  }
  ProducerFence fence;
  {
    std::lock_guard lock(mutex_);
    auto found = newest_epochs_.find(transactional_id);
    if (found == newest_epochs_.end()) {
      found = newest_epochs_
                  .emplace(std::string(transactional_id),
                           std::make_shared<std::atomic<uint64_t>>(0))
                  .first;
    }
    fence = {found->second, ++*found->second};
  }
  // A transaction of the producer before may have passed its fence already.
  writer_->AwaitGroup();
  return std::make_unique<EmbeddedProducer>(*writer_, journal_.identity,
                                            std::move(fence));
}

absl::StatusOr<std::unique_ptr<Consumer>> EmbeddedLog::OpenConsumer(
    absl::Span<const Position> from) {
  for (const Position& at : from) {
    absl::Status partition = CheckPartition(at.partition, Shards());
    if (!partition.ok()) return partition;
    const Offset end = index_->EndOf(at.partition);
    if (at.offset < Offset{0} || at.offset > end) {
      return absl::OutOfRangeError(
          fmt::format("offset {} of {} is not between 0 and {}",
                      at.offset.value, DebugString(at.partition), end.value));
    }
  }
  return std::make_unique<EmbeddedConsumer>(journal_, *index_, from);
}

absl::StatusOr<Watermarks> EmbeddedLog::WatermarksOf(
    TopicPartition partition) const {
  absl::Status checked = CheckPartition(partition, Shards());
  if (!checked.ok()) return checked;
  const Offset end = index_->EndOf(partition);
  return Watermarks{.low = Offset{0}, .last_stable = end, .high = end};
}

}  // namespace slotlog
