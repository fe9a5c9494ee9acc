// The default log: one directory, one process, nothing to install. All topics
// stand in one journal (frame.h has its grammar); each append or transaction is
// one checksummed frame in it, and concurrent ones share an fdatasync.
//
// Open it on a directory; the first time it makes the log. One process at a
// time may write; read-only opens share the directory among themselves and
// change nothing in it.
//
// Promises: what was acknowledged survives a power cut, kill -9 and a full
// disk; what readers see is durable; a transaction is there in full or not at
// all. Damage is told from a power cut and refused (journal_recovery.h). A
// failed fdatasync ends the process (journal_writer.h).
//
// Threads and ownership: as log.h says.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "events/ids.h"
#include "events/log/embedded/file_system.h"
#include "events/log/embedded/journal_recovery.h"
#include "events/log/embedded/journal_writer.h"
#include "events/log/log.h"

namespace slotlog {

struct EmbeddedLogOptions {
  /// Fixed when the log is made; 0 takes what is there.
  ShardCount shards;
  /// Opens what is there and never changes anything. Append and OpenProducer
  /// are refused with FAILED_PRECONDITION.
  bool read_only = false;
  /// The wall clock, for LogAppendTime. A read-only log needs none.
  std::function<absl::Time()> clock;
  /// About so much of what was written last is kept in memory for readers.
  size_t tail_bytes_max = size_t{64} << 20;
  /// When more than this waits to be written, callers wait.
  size_t queue_bytes_max = size_t{64} << 20;
  /// After so long without a write, what was written is marked as durable in
  /// the journal itself.
  absl::Duration settle_after = absl::Seconds(1);
  /// So long Open waits for a lock that another process has: who was killed has
  /// it for a moment longer, until the kernel has closed its files.
  absl::Duration lock_patience = absl::Seconds(1);
  /// Must outlive the log.
  FileSystem* file_system = &PosixFileSystem();
};

class EmbeddedLog : public Log {
 public:
  /// REQUIRES: a clock, unless read-only.
  /// FAILED_PRECONDITION: another process has the log, or it was made with
  /// another number of shards. NOT_FOUND: there is no log, and no number of
  /// shards to make one with. DATA_LOSS: it is damaged, and where.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(
      const std::filesystem::path& directory, EmbeddedLogOptions options);

  /// What was found at Open.
  const RecoveryReport& Recovery() const { return report_; }

  std::string Id() const override;
  ShardCount Shards() const override;
  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override;
  /// What one producer committed before this returns is visible when it
  /// returns, and nothing of it comes later.
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override;
  absl::StatusOr<std::unique_ptr<Consumer>> OpenConsumer(
      absl::Span<const Position> from) override;
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override;

 private:
  EmbeddedLog(std::unique_ptr<FileLock> lock, RecoveredJournal recovered);

  // Destroyed last: nobody else may come in before the writer is done.
  const std::unique_ptr<FileLock> lock_;
  const JournalFile journal_;
  const std::unique_ptr<JournalIndex> index_;
  const RecoveryReport report_;

  std::mutex mutex_;
  /// The newest producer's epoch, by transactional id.
  std::map<std::string, std::shared_ptr<std::atomic<uint64_t>>, std::less<>>
      newest_epochs_;

  /// None in a read-only log.
  std::unique_ptr<JournalWriter> writer_;
};

}  // namespace slotlog
